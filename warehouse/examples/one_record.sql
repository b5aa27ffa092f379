-- Everything on one record: here, on the first one.
WITH one AS (SELECT min(identifier) AS identifier FROM records)
SELECT records.*, (SELECT list(term) FROM subjects WHERE record = (SELECT identifier FROM one)) AS subjects
FROM records
WHERE identifier = (SELECT identifier FROM one);
