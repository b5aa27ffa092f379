-- How many records does each region of the United Nations give, and from how many Parties?
SELECT region, sum(records) AS records, count(*) FILTER (sources > 0) AS parties_with_a_source, count(*) AS parties
FROM coverage
GROUP BY region
ORDER BY records DESC, region;
