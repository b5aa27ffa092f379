-- In which languages are titles, and of how many of them did somebody say so?
SELECT language, count(*) AS titles, count(*) FILTER (is_declared) AS declared
FROM texts
WHERE field = 'title'
GROUP BY language
ORDER BY titles DESC, language;
