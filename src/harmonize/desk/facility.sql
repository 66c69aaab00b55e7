-- A factory by the id that it has today or had before.
SELECT *
FROM v_facility_card
WHERE facility_id IN (SELECT $asked UNION ALL SELECT facility_id FROM facility_alias WHERE old_id = $asked)
ORDER BY facility_id = $asked DESC
LIMIT 1
