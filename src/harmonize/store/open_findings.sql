-- What is open, kept ready by factory. Reads the views over the contract, in the release.
DELETE FROM compact.open_finding;

INSERT INTO compact.open_finding FROM compact.finding_not_closed ORDER BY facility_id, assessment_id, finding_id;
