-- The assessments of all audiences whose answers were chosen, as those that a run has made anew.
-- Reads: shared_assessment, answering_content, made_assessment. Writes: made_number, touched_assessment, assessment_plan.
CREATE OR REPLACE TABLE made_number AS
SELECT shared_id AS assessment_id, shared_no AS assessment_no
FROM shared_assessment
SEMI JOIN answering_content USING (shared_no);

CREATE OR REPLACE TABLE touched_assessment AS
SELECT m.assessment_id, m.facility_id, m.instrument, 0::UBIGINT AS signature
FROM made_assessment m
JOIN made_number USING (assessment_id);

CREATE OR REPLACE TABLE assessment_plan AS
SELECT assessment_id, facility_id, instrument, 0::UBIGINT AS signature FROM made_assessment;
