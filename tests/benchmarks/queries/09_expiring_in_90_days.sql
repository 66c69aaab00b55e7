-- Whose assessment runs out in the next 90 days?
SELECT f.name AS facility, f.country, a.instrument, a.assessed_on, a.valid_until, a.valid_until_basis
FROM assessment a
JOIN facility f USING (facility_id)
CROSS JOIN release r
WHERE a.valid_until BETWEEN r.as_of AND r.as_of + INTERVAL 90 DAY
ORDER BY a.valid_until, facility;
