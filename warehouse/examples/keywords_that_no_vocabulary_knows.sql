-- Which keywords do most sources use that no vocabulary knows?
SELECT lower(keyword) AS keyword, count(DISTINCT source) AS sources, count(*) AS records
FROM keywords
JOIN records ON records.identifier = keywords.record
GROUP BY lower(keyword)
ORDER BY sources DESC, records DESC, keyword
LIMIT 100;
