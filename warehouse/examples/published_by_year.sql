-- How many national records does each year bring, by what they are?
SELECT year(published) AS year, schema, count(*) AS records
FROM national_records
WHERE published IS NOT NULL
GROUP BY ALL
ORDER BY year DESC, records DESC, schema;
