-- Who is this factory, and how much is known of it?
SELECT * FROM v_facility_card WHERE facility_id = $facility;
