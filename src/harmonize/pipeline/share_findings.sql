-- Who may see findings alone: what was wrong is counted, and its answers go.
-- Reads: shared_assessment. Writes: release.compact.stored_answer, topic_count, stored_assessment (to be made once more).
CREATE OR REPLACE TABLE findings_alone AS SELECT shared_no AS assessment_no FROM shared_assessment WHERE scope_rank < 3;

DELETE FROM release.compact.stored_answer WHERE assessment_no IN (FROM findings_alone);
DELETE FROM release.compact.topic_count WHERE assessment_no IN (FROM findings_alone);
DELETE FROM release.compact.stored_assessment;
