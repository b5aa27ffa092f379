-- The same in another language: where no genuine label is known, English stands in and is_genuine says so.
SELECT terms.label, terms.is_genuine, count(*) AS records
FROM targets
JOIN terms ON terms.identifier = targets.term AND terms.language = 'fr'
WHERE framework = 'gbf_targets'
GROUP BY ALL
ORDER BY records DESC, terms.label;
