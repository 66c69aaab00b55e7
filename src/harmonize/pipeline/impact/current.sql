-- What the release itself answers to the questions that are judged anew, for the touched factories: it is taken out of what
-- the release counts. (Texts, units and places are left out.)
-- Reads: released, changed_question, touched_facility.
-- Writes: release.compact (answers, questions, assessments), made_number, indicator_entry, read.
INSERT INTO release.compact.question
SELECT * FROM released.compact.question SEMI JOIN changed_question USING (question_id);

INSERT INTO release.compact.stored_assessment
SELECT * FROM released.compact.stored_assessment SEMI JOIN touched_facility USING (facility_id);

CREATE OR REPLACE TABLE made_number AS
SELECT assessment_id, assessment_no, instrument FROM release.compact.stored_assessment;

INSERT INTO release.compact.stored_answer BY NAME
SELECT
    a.assessment_no, a.question_no, a.answered_by, a.state, 'none' AS verification, 0 AS text_no, 0 AS raw_unit_no,
    0 AS remark_no, 0 AS delivery_no, 0 AS place_no
FROM (
    SELECT assessment_no, question_no, answered_by, state
    FROM released.compact.stored_answer
    WHERE question_no IN (SELECT question_no FROM release.compact.question)
) a
JOIN release.compact.question q USING (question_no)
JOIN made_number s USING (assessment_no)
SEMI JOIN changed_question c ON c.question_id = q.question_id AND c.instrument = s.instrument;

CREATE OR REPLACE TABLE indicator_entry AS SELECT indicator_id, topic_id, kind, unit FROM released.indicator;

CREATE OR REPLACE TABLE read AS
SELECT s.instrument, q.question_id, q.indicator_id, q.comparability, a.state::VARCHAR AS state, count(*) AS answers
FROM release.compact.stored_answer a
JOIN release.compact.question q USING (question_no)
JOIN made_number s USING (assessment_no)
GROUP BY ALL;
