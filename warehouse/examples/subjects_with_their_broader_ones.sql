-- How many documents are about each subject, narrower ones included?
SELECT terms.label, count(DISTINCT record) AS documents
FROM subjects
JOIN broader ON broader.term = subjects.term
JOIN terms ON terms.identifier = broader.broader AND terms.language = 'en'
GROUP BY terms.label
ORDER BY documents DESC, terms.label;
