-- Which documents have a word in their title, in any language?
SELECT record, language, text, source_page
FROM texts
JOIN records ON records.identifier = texts.record
WHERE field = 'title' AND text ILIKE '%mangrove%'
ORDER BY record, language
LIMIT 100;
