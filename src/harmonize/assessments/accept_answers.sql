-- Answers that a programme has accepted unseen, and how their own export says that they were verified.
-- Reads: made_number, accepted_assessment, accepted_level, crosswalk_entry.
-- Writes: accepted_row, release.compact.accepted_answer, release.compact.stored_answer.
CREATE OR REPLACE TABLE accepted_row AS
SELECT a.rowid AS row_id, a.assessment_no, a.question_no, a.answered_by, a.verification
FROM release.compact.stored_answer a
JOIN made_number n USING (assessment_no)
JOIN accepted_assessment r USING (assessment_id)
JOIN accepted_level l ON l.instrument = r.instrument AND l.programme = r.programme
JOIN release.compact.question q USING (question_no)
JOIN crosswalk_entry c ON c.mapping_id = q.mapping_id AND c.level = l.level
WHERE a.verification <> 'none';

INSERT INTO release.compact.accepted_answer SELECT * EXCLUDE (row_id) FROM accepted_row;

-- What a programme has accepted unseen is not verified, whatever its mark says.
UPDATE release.compact.stored_answer SET verification = 'auto_accepted' WHERE rowid IN (SELECT row_id FROM accepted_row);
