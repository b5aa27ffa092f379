-- What did the loads of each month do?
SELECT date_trunc('month', loaded) AS month, kind, count(*) AS records, count(DISTINCT source) AS sources
FROM changes
GROUP BY ALL
ORDER BY month DESC, kind;
