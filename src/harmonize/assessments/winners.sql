-- The winning answers of the touched assessments that several contents answer, and losers that differ.
-- Reads: contested_answer, answer_source, touched_assessment, delivery_group, made_copy, release.compact.place.
-- Writes: contested_winner, answer_conflict, made_agreement, said_otherwise, otherwise_said.
CREATE OR REPLACE TABLE ranked_answer AS
WITH source AS (
    SELECT s.*
    FROM answer_source s
    JOIN touched_assessment USING (assessment_id)
    WHERE s.is_contested AND s.stands
),
stated AS (
    -- How an assessment was made is a fact of its header: what one delivery leaves out, another may state.
    SELECT s.assessment_id, arg_min(a.verification, s.delivery_rank) AS verification
    FROM source s
    JOIN (
        SELECT assessment_key, min(verification) AS verification
        FROM contested_answer
        WHERE verification <> 'none'
        GROUP BY assessment_key
    ) a USING (assessment_key)
    GROUP BY s.assessment_id
),
contest AS (
    -- A question is answered by one delivery, both sides of it: a correction of another delivery is not laid over it.
    SELECT s.assessment_id, a.question_id, min(s.delivery_rank) AS winner
    FROM contested_answer a
    JOIN source s USING (assessment_key)
    GROUP BY s.assessment_id, a.question_id
)
SELECT
    a.* REPLACE (coalesce(a.verification, v.verification, s.verification) AS verification),
    s.assessment_id,
    s.copy_id,
    s.delivery_rank,
    c.winner = s.delivery_rank AS wins
FROM contested_answer a
JOIN source s USING (assessment_key)
JOIN contest c USING (assessment_id, question_id)
LEFT JOIN stated v USING (assessment_id);

CREATE OR REPLACE TABLE contested_winner AS
SELECT *
FROM ranked_answer
WHERE wins
QUALIFY row_number() OVER (PARTITION BY assessment_id, question_id, answered_by ORDER BY cell_no, assessment_key) = 1;

CREATE OR REPLACE TABLE compared_answer AS
WITH compared AS (
    -- Each side is compared with the same side of the winner, or with the other one where the winner has no such side.
    SELECT
        l.*,
        w.raw_value AS winning_raw,
        w.raw_unit AS winning_raw_unit,
        w.state AS winning_state,
        w.value_number AS winning_number,
        w.value_text AS winning_cleaned,
        w.unit AS winning_unit,
        w.copy_id AS winning_copy,
        w.row_no AS winning_row_no,
        w.place_no AS winning_place_no,
        row_number() OVER (
            PARTITION BY l.copy_id, l.assessment_id, l.question_id, l.answered_by ORDER BY w.answered_by = l.answered_by DESC
        ) AS choice
    FROM ranked_answer l
    JOIN contested_winner w USING (assessment_id, question_id)
    WHERE NOT l.wins
)
SELECT
    assessment_id, copy_id, differs,
    -- (Of what agrees, which is nearly all, nothing more is kept.)
    CASE WHEN differs THEN question_id END AS question_id,
    CASE WHEN differs THEN concat_ws(' ', raw_value, raw_unit) END AS value_raw,
    CASE WHEN differs THEN concat_ws(' ', winning_raw, winning_raw_unit) END AS winning_value_raw,
    CASE WHEN differs THEN winning_copy END AS winning_copy,
    row_no, place_no, winning_row_no, winning_place_no
FROM (
    SELECT
        *,
        release.compact.differs(
            state, winning_state, value_number, winning_number, coalesce(value_text, raw_value),
            coalesce(winning_cleaned, winning_raw), unit, winning_unit
        ) AS differs
    FROM compared
    WHERE choice = 1
);

CREATE OR REPLACE TABLE answer_conflict AS
SELECT DISTINCT
    l.assessment_id,
    l.question_id,
    l.copy_id,
    l.value_raw,
    l.winning_value_raw,
    CASE
        WHEN lg.status_rank <> wg.status_rank THEN 'the winning delivery has the higher status'
        WHEN lg.updated_at IS DISTINCT FROM wg.updated_at THEN 'the winning delivery was updated later'
        WHEN lg.received_at IS DISTINCT FROM wg.received_at THEN 'the winning delivery was received later'
        WHEN lc.file_id = wc.file_id THEN 'the winning row stands first in the file'
        ELSE 'contributor and path in alphabetical order'
    END AS reason,
    l.winning_copy AS winning_copy_id,
    p.prefix || coalesce(l.row_no::VARCHAR, '') || p.suffix AS locator,
    q.prefix || coalesce(l.winning_row_no::VARCHAR, '') || q.suffix AS winning_locator
FROM compared_answer l
JOIN made_copy lc ON lc.copy_id = l.copy_id
JOIN made_copy wc ON wc.copy_id = l.winning_copy
JOIN delivery_group lg ON lg.file_id = lc.file_id AND lg.assessment_no = lc.assessment_no
JOIN delivery_group wg ON wg.file_id = wc.file_id AND wg.assessment_no = wc.assessment_no
JOIN release.compact.place p ON p.place_no = l.place_no
JOIN release.compact.place q ON q.place_no = l.winning_place_no
WHERE l.differs;

CREATE OR REPLACE TABLE made_agreement AS
SELECT assessment_id, copy_id, count(*) AS compared, count(*) FILTER (NOT differs) AS agreeing
FROM compared_answer
GROUP BY ALL;

-- What each content says of a question otherwise than what stands: nothing of it may come from another delivery. Where
-- nothing stands, that is all of it.
CREATE OR REPLACE TABLE delivered_answer AS
WITH stated AS (
    SELECT assessment_key, min(verification) AS verification
    FROM contested_answer
    WHERE verification <> 'none'
    GROUP BY assessment_key
)
SELECT
    a.* REPLACE (coalesce(a.verification, v.verification, s.verification) AS verification), s.assessment_id,
    hash(
        a.answered_by, a.question_no, a.state, coalesce(a.verification, v.verification, s.verification), a.raw_value,
        a.value_number, a.raw_unit_no, a.remark_key
    ) AS line
FROM contested_answer a
JOIN answer_source s USING (assessment_key)
JOIN touched_assessment t USING (assessment_id)
LEFT JOIN stated v USING (assessment_key)
WHERE s.is_contested
QUALIFY row_number() OVER (PARTITION BY assessment_key, question_id, answered_by ORDER BY cell_no) = 1;

CREATE OR REPLACE TABLE said_otherwise AS
WITH stands AS (
    SELECT
        assessment_id, question_id,
        sum(hash(answered_by, question_no, state, verification, raw_value, value_number, raw_unit_no, remark_key)::HUGEINT)
            AS line
    FROM contested_winner
    GROUP BY ALL
),
said AS (
    SELECT assessment_key, question_id, sum(line::HUGEINT) AS line FROM delivered_answer GROUP BY ALL
)
SELECT c.assessment_id, c.assessment_key, w.question_id, s.line IS NULL AS is_absent
FROM answer_source c
JOIN stands w USING (assessment_id)
LEFT JOIN said s ON s.assessment_key = c.assessment_key AND s.question_id = w.question_id
WHERE c.is_contested AND s.line IS DISTINCT FROM w.line
UNION ALL
SELECT c.assessment_id, c.assessment_key, s.question_id, false
FROM answer_source c
JOIN touched_assessment t USING (assessment_id)
JOIN said s USING (assessment_key)
WHERE NOT c.stands;

CREATE OR REPLACE TABLE otherwise_said AS
SELECT d.* EXCLUDE (line) FROM delivered_answer d SEMI JOIN said_otherwise o USING (assessment_key, question_id);

-- The largest tables of a run, and nothing reads them any more.
DROP TABLE contested_answer;
DROP TABLE ranked_answer;
DROP TABLE compared_answer;
DROP TABLE delivered_answer;
