-- Under which licences do countries publish?
SELECT government, coalesce(licence, 'none stated') AS licence, count(*) AS records
FROM national_records
GROUP BY ALL
ORDER BY government, records DESC, licence;
