-- Of which Parties is there nothing yet, neither from a site of their own nor from anybody else's?
SELECT party, name, region, sources
FROM coverage
WHERE records = 0 AND about = 0
ORDER BY region, party;
