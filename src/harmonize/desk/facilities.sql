-- Factories by id, identifier or a part of their name.
SELECT f.facility_id, f.name, f.country, f.admin1, f.mention_count, f.last_assessed_on, f.findings_not_closed
FROM v_facility_card f
WHERE f.facility_id = upper($asked)
    OR contains(lower(strip_accents(coalesce(f.name, '') || ' ' || coalesce(f.name_local, ''))), lower(strip_accents($asked)))
    OR f.facility_id IN (SELECT i.facility_id FROM facility_identifier i WHERE lower(i.value) = lower($asked))
    OR f.facility_id IN (SELECT a.facility_id FROM facility_alias a WHERE a.old_id = upper($asked))
ORDER BY f.name, f.facility_id
LIMIT 100
