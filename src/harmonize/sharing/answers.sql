-- The answers of the contents that each audience may see, numbered by its own assessments. Where all its contents say what
-- stands, that is taken over; where one says otherwise, the first of its own order wins, as in a release.
-- Reads: source, audience, shared_content, shared_assessment. Writes: answering_content, shared_delivery, withheld_number,
--        told_otherwise, first_content, first_delivery, release.compact.question, place, stated_text, raw_unit, remark, delivery,
--        stored_answer.

-- By content, so that no order tells of questions that others were asked.
INSERT INTO release.compact.question
SELECT (row_number() OVER (ORDER BY question_id, digest, question_no))::INTEGER, * EXCLUDE (question_no)
FROM source.compact.question;
CREATE OR REPLACE TABLE numbered_question AS
SELECT
    question_no AS source_no, (row_number() OVER (ORDER BY question_id, digest, question_no))::INTEGER AS question_no, question_id
FROM source.compact.question;
-- (Of an answer that many handed in alike a release keeps one place, which need not be one of an audience's own.)
INSERT INTO release.compact.place
SELECT * REPLACE ('answer' AS prefix, '' AS suffix) FROM source.compact.place;
INSERT INTO release.compact.stated_text FROM source.compact.stated_text WHERE text_no > 0;
INSERT INTO release.compact.raw_unit FROM source.compact.raw_unit WHERE raw_unit_no > 0;
INSERT INTO release.compact.remark FROM source.compact.remark WHERE remark_no > 0;

CREATE OR REPLACE TABLE answering_content AS
SELECT
    c.audience_no, c.shared_no, k.assessment_no AS source_no, c.content_file_id, c.assessment_key, c.delivery_rank, c.is_own,
    c.scope_rank, c.shared_file_id, c.assessment_id, k.instrument
FROM shared_content c
JOIN source.compact.stored_assessment k USING (assessment_id)
JOIN shared_assessment s USING (audience_no, assessment_id)
-- (As in a release: where the delivery that wins, of those that are seen, is not published, none answers.)
JOIN (
    SELECT audience_no, assessment_id, arg_min(published, delivery_rank) AS stands FROM shared_content GROUP BY ALL
) w USING (audience_no, assessment_id)
-- (A delivery of which findings alone may be seen answers nothing beside one whose answers may.)
WHERE c.published AND w.stands AND c.scope_rank >= 2 AND (c.scope_rank >= 3 OR s.scope_rank < 3);

-- Each content's answers stand under its own file.
CREATE OR REPLACE TABLE shared_delivery AS
SELECT (row_number() OVER (ORDER BY audience_no, shared_no, file_id, is_own, content_file_id))::INTEGER AS delivery_no, *
FROM (
    SELECT DISTINCT audience_no, shared_no, content_file_id, shared_file_id AS file_id, is_own, scope_rank FROM answering_content
);
INSERT INTO release.compact.delivery SELECT delivery_no, file_id FROM shared_delivery;

-- Which answers are withheld from whom as a whole; what is an audience's own is not.
CREATE OR REPLACE TABLE withheld_number AS
SELECT DISTINCT k.audience_no, w.instrument, q.question_no AS source_no, w.class, w.class_no
FROM withheld_question w
JOIN audience_kind k USING (kind)
JOIN source.compact.question q ON q.question_id = w.question_id AND coalesce(q.indicator_id, '') = w.indicator_id
QUALIFY row_number() OVER (PARTITION BY k.audience_no, w.instrument, q.question_no ORDER BY w.class_no) = 1;

-- Questions on which one of the contents of an audience says otherwise than what stands for all.
CREATE OR REPLACE TABLE disputed_question AS
SELECT DISTINCT c.audience_no, c.shared_no, c.source_no, o.question_id
FROM answering_content c
JOIN source.compact.otherwise o ON o.assessment_no = c.source_no AND o.assessment_key = c.assessment_key;

CREATE OR REPLACE TABLE told_otherwise AS
WITH told AS (
    SELECT
        c.audience_no, c.shared_no, c.content_file_id, c.delivery_rank, c.is_own, c.scope_rank, c.instrument, a.question_id,
        a.question_no, a.answered_by, a.state, a.verification, a.text_no, a.rare_value, a.value_number, a.raw_unit_no,
        a.remark_no, a.place_no
    FROM disputed_question d
    JOIN answering_content c USING (audience_no, shared_no)
    JOIN source.compact.otherwise_answer a
        ON a.assessment_no = c.source_no AND a.assessment_key = c.assessment_key AND a.question_id = d.question_id
    UNION ALL
    SELECT
        c.audience_no, c.shared_no, c.content_file_id, c.delivery_rank, c.is_own, c.scope_rank, c.instrument, d.question_id,
        a.question_no, a.answered_by, a.state, coalesce(v.verification, a.verification), a.text_no, a.rare_value,
        a.value_number, a.raw_unit_no, a.remark_no, a.place_no
    FROM disputed_question d
    JOIN answering_content c USING (audience_no, shared_no)
    ANTI JOIN source.compact.otherwise o
        ON o.assessment_no = c.source_no AND o.assessment_key = c.assessment_key AND o.question_id = d.question_id
    JOIN numbered_question q ON q.question_id = d.question_id
    JOIN source.compact.stored_answer a ON a.assessment_no = c.source_no AND a.question_no = q.source_no
    LEFT JOIN source.compact.accepted_answer v
        ON v.assessment_no = a.assessment_no AND v.question_no = a.question_no AND v.answered_by = a.answered_by
)
SELECT
    t.*, CASE WHEN NOT t.is_own THEN w.class END AS class,
    (t.is_own OR w.class IS NULL) AND t.delivery_rank = min(t.delivery_rank) FILTER (t.is_own OR w.class IS NULL)
        OVER (PARTITION BY t.audience_no, t.shared_no, t.question_id) AS wins
FROM told t
LEFT JOIN withheld_number w
    ON w.audience_no = t.audience_no AND w.instrument = t.instrument AND w.source_no = t.question_no;

CREATE OR REPLACE TABLE first_content AS
SELECT
    audience_no, shared_no, source_no, any_value(instrument) AS instrument,
    arg_min(content_file_id, delivery_rank) AS content_file_id, bool_or(is_own) AS is_own, max(scope_rank) AS scope_rank
FROM answering_content
GROUP BY ALL;

-- What all contents of an audience say stands in the first of them; what an own one says as well is own.
CREATE OR REPLACE TABLE first_delivery AS
SELECT shared_no, arg_min(n.delivery_no, (NOT c.is_own, c.delivery_rank)) AS delivery_no
FROM answering_content c
JOIN shared_delivery n USING (shared_no, content_file_id)
GROUP BY ALL;

CREATE OR REPLACE TABLE withheld_by_question (audience_no INTEGER, class VARCHAR, rows BIGINT);
