-- How many national records are about each target of the Global Biodiversity Framework, those of none included?
SELECT terms.identifier, terms.label, count(national_records.identifier) AS records
FROM terms
LEFT JOIN targets ON targets.term = terms.identifier AND framework = 'gbf_targets'
LEFT JOIN national_records ON national_records.identifier = targets.record
WHERE scheme = 'gbf-targets' AND language = 'en'
GROUP BY ALL
ORDER BY terms.identifier;
