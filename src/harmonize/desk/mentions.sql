-- Every record that is taken for the factory, and by what.
SELECT m.contributor, m.instrument, m.name, m.name_local, m.address, m.admin1, m.country, m.link_method, m.link_probability, f.path
FROM facility_mention m
JOIN file f USING (file_id)
WHERE m.facility_id = $asked
ORDER BY ALL
