-- How many documents are about each sub-region, by its name? `broader` sums up whatever lies within a term.
SELECT terms.label AS subregion, count(DISTINCT countries.record) AS documents
FROM countries
JOIN records ON records.identifier = countries.record AND is_preferred
JOIN broader ON broader.term = countries.term AND broader.scheme = 'm49-regions' AND steps = 1
JOIN terms ON terms.identifier = broader.broader AND terms.language = 'en'
GROUP BY subregion
ORDER BY documents DESC, subregion;
