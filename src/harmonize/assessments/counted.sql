-- What the touched answers come to: per assessment and topic how its questions were answered, and the breaches.
-- Reads: made_number, indicator_entry, release.compact (its answers, questions and assessments).
-- Writes: corrected_answer, release.compact.topic_count, release.compact.breach.

-- Answers of a facility that its verifier corrected do not count.
CREATE OR REPLACE TABLE corrected_answer AS
SELECT a.assessment_no, a.question_no, 'facility'::answered_by AS answered_by
FROM release.compact.stored_answer a
JOIN release.compact.stored_assessment s ON s.assessment_no = a.assessment_no AND s.has_both_sides
WHERE a.answered_by = 'verifier';

INSERT INTO release.compact.topic_count
SELECT
    a.assessment_no,
    i.topic_id,
    count(*),
    count(*) FILTER (a.state = 'met'),
    count(*) FILTER (a.state = 'partly_met'),
    count(*) FILTER (a.state = 'not_met'),
    count(*) FILTER (a.state = 'not_met' AND q.kind = 'compliance'),
    count(*) FILTER (a.state = 'not_applicable')
FROM (
    SELECT a.* FROM release.compact.stored_answer a JOIN made_number USING (assessment_no)
) a
JOIN release.compact.question q USING (question_no)
JOIN indicator_entry i USING (indicator_id)
ANTI JOIN corrected_answer USING (assessment_no, question_no, answered_by)
GROUP BY a.assessment_no, i.topic_id
ORDER BY a.assessment_no, i.topic_id;

INSERT INTO release.compact.breach
SELECT a.assessment_no, a.question_no, a.remark_no, a.delivery_no, a.row_no, a.place_no
FROM release.compact.stored_answer a
JOIN made_number USING (assessment_no)
JOIN release.compact.question q USING (question_no)
ANTI JOIN corrected_answer USING (assessment_no, question_no, answered_by)
-- (What nothing maps is one where its row says how grave it is.)
WHERE a.state = 'not_met' AND (q.kind = 'compliance' OR q.mapping_id IS NULL)
ORDER BY a.assessment_no, a.question_no;
