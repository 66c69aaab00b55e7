-- The answers of the touched assessments, in their compact form; those of stale ones go.
-- Reads: touched_assessment, stale_assessment, answer_source, judged_answer (pointed at the files of
--        `answer_source`), contested_winner, said_otherwise, otherwise_said, stage.staged_text, stage.staged_remark.
-- Writes: made_number, question_count, release.compact (what is stored of answers).
CREATE OR REPLACE TABLE question_count AS
SELECT s.instrument, s.edition, a.question_no, -count(*) AS answers
FROM release.compact.stored_answer a
JOIN (
    SELECT assessment_no, instrument, edition
    FROM release.compact.stored_assessment
    SEMI JOIN stale_assessment USING (assessment_no)
) s USING (assessment_no)
GROUP BY ALL;

DELETE FROM release.compact.stored_answer WHERE assessment_no IN (SELECT assessment_no FROM stale_assessment);
DELETE FROM release.compact.topic_count WHERE assessment_no IN (SELECT assessment_no FROM stale_assessment);
DELETE FROM release.compact.breach WHERE assessment_no IN (SELECT assessment_no FROM stale_assessment);
DELETE FROM release.compact.otherwise WHERE assessment_no IN (SELECT assessment_no FROM stale_assessment);
DELETE FROM release.compact.otherwise_answer WHERE assessment_no IN (SELECT assessment_no FROM stale_assessment);
DELETE FROM release.compact.accepted_answer WHERE assessment_no IN (SELECT assessment_no FROM stale_assessment);
DELETE FROM release.compact.stored_assessment WHERE assessment_no IN (SELECT assessment_no FROM stale_assessment);

-- An assessment keeps its number; new ones follow by factory.
CREATE OR REPLACE TABLE made_number AS
SELECT assessment_id, assessment_no FROM touched_assessment WHERE assessment_no IS NOT NULL
UNION ALL
SELECT
    assessment_id,
    ((SELECT coalesce(max(assessment_no), 0) FROM (
        SELECT assessment_no FROM release.compact.stored_assessment UNION ALL SELECT assessment_no FROM stale_assessment
    )) + row_number() OVER (ORDER BY facility_id, assessment_id))::INTEGER
FROM touched_assessment
WHERE assessment_no IS NULL;

INSERT INTO release.compact.delivery
SELECT
    ((SELECT coalesce(max(delivery_no), 0) FROM release.compact.delivery) + row_number() OVER (ORDER BY file_id))::INTEGER,
    file_id
FROM (
    SELECT DISTINCT s.content_file_id AS file_id
    FROM answer_source s
    JOIN touched_assessment USING (assessment_id)
    WHERE s.stands
)
WHERE file_id NOT IN (SELECT file_id FROM release.compact.delivery);

CREATE OR REPLACE TABLE insert_source AS
SELECT s.assessment_key, n.assessment_no, d.delivery_no, s.verification, s.is_contested
FROM answer_source s
JOIN made_number n USING (assessment_id)
JOIN release.compact.delivery d ON d.file_id = s.content_file_id
WHERE s.stands;

CREATE OR REPLACE TABLE stated_header AS
SELECT
    h.* EXCLUDE (made_no, delivery_no, otherwise_verified), s.assessment_no AS made_no, s.delivery_no,
    s.verification AS otherwise_verified
FROM stated_header h
LEFT JOIN insert_source s ON s.assessment_key = h.assessment_key AND NOT s.is_contested;

CREATE OR REPLACE TABLE used_remark AS
SELECT s.*, hash(s.reason, s.legal_flag, s.description, s.value_text) AS digest
FROM stage.staged_remark s
SEMI JOIN (SELECT DISTINCT remark_key FROM stated_answer) USING (remark_key);

INSERT INTO release.compact.remark
SELECT
    ((SELECT coalesce(max(remark_no), 0) FROM release.compact.remark) + row_number() OVER (ORDER BY digest))::INTEGER,
    reason, legal_flag, description, value_text, digest
FROM used_remark
WHERE digest NOT IN (SELECT digest FROM release.compact.remark WHERE remark_no > 0);

-- (0 is the key of what has none.)
CREATE OR REPLACE TABLE known_remark AS
SELECT u.remark_key, r.remark_no FROM used_remark u JOIN release.compact.remark r USING (digest)
UNION ALL
SELECT 0, 0;

CREATE OR REPLACE TABLE stated_key AS SELECT DISTINCT coalesce(text_key, 0) AS text_key FROM stated_answer UNION SELECT 0;

CREATE OR REPLACE TABLE used_text AS
SELECT s.text_key, s.raw_value FROM stage.staged_text s SEMI JOIN stated_key USING (text_key);

INSERT INTO release.compact.stated_text
SELECT
    ((SELECT coalesce(max(text_no), 0) FROM release.compact.stated_text) + row_number() OVER (ORDER BY raw_value))::INTEGER,
    raw_value,
    hash(raw_value)
FROM used_text
WHERE raw_value NOT IN (SELECT raw_value FROM release.compact.stated_text WHERE text_no > 0);

-- Every key is here, also if its text were not: the answer then keeps the value itself.
CREATE OR REPLACE TABLE known_text AS
SELECT k.text_key, coalesce(s.text_no, 0) AS text_no
FROM stated_key k
LEFT JOIN (
    SELECT u.text_key, t.text_no FROM used_text u JOIN release.compact.stated_text t USING (raw_value)
) s USING (text_key);

INSERT INTO release.compact.stored_answer
WITH winning AS (
    SELECT
        made_no, question_no, answered_by, state, coalesce(verification, otherwise_verified) AS verification, raw_value,
        text_key, value_number, raw_unit_no, remark_key, delivery_no, row_no, place_no
    FROM judged_answer
    WHERE made_no IS NOT NULL AND problem IS NULL AND NOT is_ignored
    UNION ALL
    SELECT
        s.assessment_no, question_no, answered_by, state, w.verification, raw_value, text_key, value_number, raw_unit_no,
        remark_key, s.delivery_no, row_no, place_no
    FROM contested_winner w
    JOIN insert_source s USING (assessment_key)
)
SELECT
    w.made_no,
    w.question_no,
    w.answered_by,
    w.state,
    w.verification,
    t.text_no,
    CASE WHEN t.text_no = 0 THEN w.raw_value END AS rare_value,
    w.value_number,
    w.raw_unit_no,
    r.remark_no,
    w.delivery_no,
    w.row_no,
    w.place_no
FROM winning w
JOIN known_text t ON t.text_key = coalesce(w.text_key, 0)
JOIN known_remark r ON r.remark_key = coalesce(w.remark_key, 0)
ORDER BY w.made_no, w.question_no, w.answered_by;

INSERT INTO release.compact.otherwise
SELECT n.assessment_no, o.assessment_key, o.question_id, o.is_absent
FROM said_otherwise o
JOIN made_number n USING (assessment_id)
ORDER BY ALL;

INSERT INTO release.compact.otherwise_answer
SELECT
    n.assessment_no, o.assessment_key, o.question_id, o.question_no, o.answered_by, o.state, o.verification, t.text_no,
    CASE WHEN t.text_no = 0 THEN o.raw_value END, o.value_number, o.raw_unit_no, r.remark_no, o.row_no, o.place_no
FROM otherwise_said o
JOIN made_number n USING (assessment_id)
JOIN known_text t ON t.text_key = coalesce(o.text_key, 0)
JOIN known_remark r ON r.remark_key = coalesce(o.remark_key, 0)
ORDER BY n.assessment_no, o.assessment_key, o.question_no, o.answered_by;
