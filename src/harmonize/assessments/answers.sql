-- The answers of the touched assessments, in their compact form; those of stale ones go.
-- Reads: touched_assessment, stale_assessment, made_assessment, answer_source, meaning, judged_answer (pointed at the files of
--        `answer_source`), contested_winner, stage.staged_text, stage.staged_remark. Writes: release.compact.
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
FROM (SELECT DISTINCT s.content_file_id AS file_id FROM answer_source s JOIN touched_assessment USING (assessment_id))
WHERE file_id NOT IN (SELECT file_id FROM release.compact.delivery);

CREATE OR REPLACE TABLE insert_source AS
SELECT s.assessment_key, n.assessment_no, d.delivery_no, s.verification, s.is_contested
FROM answer_source s
JOIN made_number n USING (assessment_id)
JOIN release.compact.delivery d ON d.file_id = s.content_file_id;

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
WHERE digest NOT IN (SELECT digest FROM release.compact.remark);

CREATE OR REPLACE TABLE known_remark AS
SELECT u.remark_key, r.remark_no FROM used_remark u JOIN release.compact.remark r USING (digest);

CREATE OR REPLACE TABLE used_text AS
SELECT s.text_key, s.raw_value
FROM stage.staged_text s
SEMI JOIN (SELECT DISTINCT text_key FROM stated_answer) USING (text_key);

INSERT INTO release.compact.stated_text
SELECT
    ((SELECT coalesce(max(text_no), 0) FROM release.compact.stated_text) + row_number() OVER (ORDER BY raw_value))::INTEGER,
    raw_value,
    hash(raw_value)
FROM used_text
WHERE raw_value NOT IN (SELECT raw_value FROM release.compact.stated_text);

CREATE OR REPLACE TABLE known_text AS
SELECT s.text_key, t.text_no FROM used_text s JOIN release.compact.stated_text t USING (raw_value);

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
    CASE WHEN t.text_no IS NULL THEN w.raw_value END AS rare_value,
    w.value_number,
    w.raw_unit_no,
    r.remark_no,
    w.delivery_no,
    w.row_no,
    w.place_no
FROM winning w
LEFT JOIN known_text t USING (text_key)
LEFT JOIN known_remark r USING (remark_key)
ORDER BY w.made_no, w.question_no, w.answered_by;

INSERT INTO release.compact.stored_assessment
SELECT
    n.assessment_no, t.assessment_id, t.facility_id, t.instrument, m.edition, t.signature, coalesce(d.answers, 0),
    coalesce(d.digest, ''), coalesce(d.has_both_sides, false)
FROM touched_assessment t
JOIN made_number n USING (assessment_id)
JOIN made_assessment m USING (assessment_id)
LEFT JOIN (
    -- The content of the answers as one number, whatever their order and their inner numbers.
    SELECT
        a.assessment_no,
        count(*) AS answers,
        min(a.answered_by) <> max(a.answered_by) AS has_both_sides,
        sum(hash(
            q.digest, p.digest, f.digest, a.row_no, a.answered_by, a.state, a.verification,
            coalesce(t.digest, hash(a.rare_value)), a.value_number, u.digest, r.digest
        )::HUGEINT)::VARCHAR AS digest
    FROM release.compact.stored_answer a
    JOIN made_number USING (assessment_no)
    JOIN release.compact.question q USING (question_no)
    JOIN release.compact.place p USING (place_no)
    JOIN (SELECT delivery_no, hash(file_id) AS digest FROM release.compact.delivery) f USING (delivery_no)
    LEFT JOIN release.compact.stated_text t USING (text_no)
    LEFT JOIN (SELECT raw_unit_no, hash(raw_unit, unit) AS digest FROM release.compact.raw_unit) u USING (raw_unit_no)
    LEFT JOIN release.compact.remark r USING (remark_no)
    GROUP BY a.assessment_no
) d ON d.assessment_no = n.assessment_no
ORDER BY n.assessment_no;

INSERT INTO question_count
SELECT s.instrument, s.edition, a.question_no, count(*)
FROM release.compact.stored_answer a
JOIN (
    SELECT assessment_no, instrument, edition
    FROM release.compact.stored_assessment
    SEMI JOIN made_number USING (assessment_no)
) s USING (assessment_no)
GROUP BY ALL;

INSERT INTO question_count SELECT * FROM release.compact.asked_question;
DELETE FROM release.compact.asked_question;
INSERT INTO release.compact.asked_question
SELECT instrument, edition, question_no, sum(answers)::BIGINT
FROM question_count
GROUP BY ALL
HAVING sum(answers) > 0
ORDER BY ALL;

-- Answers of a facility that its verifier corrected do not count.
CREATE OR REPLACE TABLE corrected_answer AS
SELECT a.assessment_no, a.question_no
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
ANTI JOIN corrected_answer v
    ON a.answered_by = 'facility' AND v.assessment_no = a.assessment_no AND v.question_no = a.question_no
GROUP BY a.assessment_no, i.topic_id
ORDER BY a.assessment_no, i.topic_id;

INSERT INTO release.compact.breach
SELECT a.assessment_no, a.question_no, a.remark_no, a.delivery_no, a.row_no, a.place_no
FROM release.compact.stored_answer a
JOIN made_number USING (assessment_no)
JOIN release.compact.question q USING (question_no)
ANTI JOIN corrected_answer v
    ON a.answered_by = 'facility' AND v.assessment_no = a.assessment_no AND v.question_no = a.question_no
WHERE a.state = 'not_met' AND q.kind = 'compliance'
ORDER BY a.assessment_no, a.question_no;

DELETE FROM release.compact.fingerprint WHERE assessment_key NOT IN (SELECT assessment_key FROM delivery_group);

-- Where several deliveries disagree: answers, and grades. (Dates and scores follow the status of a delivery.)
DELETE FROM release.conflict WHERE question_id = 'rating' OR assessment_id IN (SELECT assessment_id FROM stale_assessment);
INSERT INTO release.conflict BY NAME
SELECT * FROM answer_conflict
UNION ALL
SELECT
    c.assessment_id, 'rating', c.copy_id, g.rating_raw, a.rating_raw, 'the winning delivery states it otherwise'
FROM delivery_group g
JOIN made_copy c ON c.file_id = g.file_id AND c.assessment_no = g.assessment_no
JOIN made_assessment a USING (assessment_id)
WHERE g.delivery_rank > 1 AND g.rating_raw <> a.rating_raw
ORDER BY assessment_id, question_id, copy_id;
