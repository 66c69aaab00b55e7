-- Answers that a programme has accepted unseen, and how their own export says that they were verified.
-- Reads: made_number, accepted_assessment, accepted_level, crosswalk_entry. Writes: release.compact.accepted_answer, stored_answer.
INSERT INTO release.compact.accepted_answer
SELECT a.assessment_no, a.question_no, a.answered_by, a.verification
FROM release.compact.stored_answer a
JOIN made_number n USING (assessment_no)
JOIN accepted_assessment r USING (assessment_id)
JOIN accepted_level l ON l.instrument = r.instrument AND l.programme = r.programme
JOIN release.compact.question q USING (question_no)
JOIN crosswalk_entry c ON c.mapping_id = q.mapping_id AND c.level = l.level
WHERE a.verification <> 'none';

-- What a programme has accepted unseen is not verified, whatever its mark says.
UPDATE release.compact.stored_answer a
SET verification = 'auto_accepted'
FROM made_number n, accepted_assessment r, accepted_level l, release.compact.question q, crosswalk_entry c
WHERE n.assessment_no = a.assessment_no AND r.assessment_id = n.assessment_id
    AND l.instrument = r.instrument AND l.programme = r.programme
    AND q.question_no = a.question_no AND c.mapping_id = q.mapping_id AND c.level = l.level
    AND a.verification <> 'none';
