-- How the topics of assessments were answered in the questions that are judged, by the ids of the assessments.
-- Reads: release.compact. Writes: counted.
CREATE OR REPLACE TABLE counted AS
SELECT s.assessment_id, t.* EXCLUDE (assessment_no), 1 AS times
FROM release.compact.topic_count t
JOIN release.compact.stored_assessment s USING (assessment_no);
