-- What should each source mend first?
SELECT source, code, field, count(*) AS times, count(DISTINCT record) AS records
FROM issues
WHERE severity <> 'note'
GROUP BY ALL
ORDER BY times DESC, source, code, field
LIMIT 100;
