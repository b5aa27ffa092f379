-- How much does each country publish on its own site, and how fresh is it?
SELECT party, name, records, newest, as_of
FROM coverage
WHERE sources > 0
ORDER BY records DESC, party;
