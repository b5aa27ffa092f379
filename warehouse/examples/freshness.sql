-- How old are the newest publications of each source, in days before its records were read?
SELECT source, count(*) AS records, max(published) AS newest, date_diff('day', max(published), any_value(as_of)) AS days
FROM records
JOIN sources ON sources.id = records.source
WHERE published <= as_of
GROUP BY source
ORDER BY days, source;
