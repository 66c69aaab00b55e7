-- What is the latest value of one quantity at each of my 200 factories?
SELECT f.name AS facility, s.assessed_on, v.value_number, v.unit, v.verification
FROM v_latest_value v
JOIN facility f USING (facility_id)
JOIN assessment s USING (assessment_id)
WHERE v.indicator_id = $indicator AND v.facility_id IN (SELECT facility_id FROM my_factory)
ORDER BY facility;
