-- Everything on one record: here, on the first one.
SELECT records.*, (SELECT list(term) FROM subjects WHERE subjects.record = identifier) AS subjects
FROM records
WHERE identifier = (SELECT min(identifier) FROM records);
