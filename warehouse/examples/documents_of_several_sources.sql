-- Which documents come by several routes, and why are they thought to be one?
SELECT preferred, count(DISTINCT source) AS sources, list(DISTINCT "by" ORDER BY "by") AS reasons
FROM duplicates
LEFT JOIN ties USING (identifier)
GROUP BY preferred
ORDER BY sources DESC, preferred
LIMIT 100;
