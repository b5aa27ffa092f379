-- How were the subjects found: by the vocabulary's own names, or by what a person or another vocabulary says?
SELECT "by", count(*) AS terms, count(DISTINCT term) AS subjects
FROM subjects
GROUP BY "by"
ORDER BY terms DESC, "by";
