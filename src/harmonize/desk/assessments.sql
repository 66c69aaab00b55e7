-- The assessments of the factory, the latest first.
SELECT a.assessed_on, a.instrument, a.edition, a.kind, a.verified, a.rating_raw, a.valid_until, a.copy_count, a.native_id, a.assessment_id
FROM assessment a
WHERE a.facility_id = $asked
ORDER BY a.assessed_on DESC NULLS LAST, a.instrument, a.assessment_id
