-- What identifies the factory.
SELECT DISTINCT scheme, value, valid, source
FROM facility_identifier
WHERE facility_id = $asked AND NOT starts_with(scheme, 'assessment:')
ORDER BY ALL
