-- Questions that no crosswalk lists. Each concerns its crosswalk more than the files that ask it: it is told once, at the
-- first of them by path.
-- Reads: release.compact.meaning, asked_class, readable_edition, asking_file, asked_group, loaded, inbox_file, stage.set_column,
--        release.compact.
-- Writes: unmapped_question.
CREATE OR REPLACE TABLE unmapped_question AS
WITH read AS (
    SELECT
        m.class_no, m.column_key, k.instrument, m.question_id,
        m.mapping_id IS NULL AND e.edition IS NOT NULL AS is_unmapped
    FROM release.compact.meaning m
    JOIN release.compact.asked_class k USING (class_no)
    LEFT JOIN readable_edition e ON e.instrument = k.instrument AND e.edition = k.edition
),
by_column AS MATERIALIZED (
    SELECT instrument, column_key, any_value(question_id) AS question_id, bool_and(is_unmapped) AS everywhere
    FROM read
    GROUP BY instrument, column_key
    HAVING bool_or(is_unmapped)
),
file_order AS MATERIALIZED (
    SELECT file_id, instrument, (row_number() OVER (ORDER BY path))::INTEGER AS file_no FROM inbox_file
),
first_by_set AS (
    SELECT l.column_set_no, f.instrument, min(f.file_no) AS file_no
    FROM loaded l
    JOIN file_order f USING (file_id)
    WHERE l.column_set_no IS NOT NULL
    GROUP BY l.column_set_no, f.instrument
),
first_by_column AS MATERIALIZED (
    SELECT f.instrument, c.column_key, min(f.file_no) AS file_no
    FROM stage.set_column c
    JOIN first_by_set f USING (column_set_no)
    GROUP BY f.instrument, c.column_key
),
certain AS (
    -- Where no class of the assessments in a file has a mapping, the question stands there without one for certain.
    SELECT b.instrument, b.question_id, f.file_no
    FROM by_column b
    JOIN first_by_column f USING (instrument, column_key)
    WHERE b.everywhere
    UNION ALL
    SELECT r.instrument, r.question_id, f.file_no
    FROM asking_file s
    JOIN stage.set_column u USING (column_set_no)
    JOIN asked_group g USING (group_no)
    JOIN read r USING (class_no, column_key)
    JOIN by_column b ON b.instrument = r.instrument AND b.column_key = r.column_key
    JOIN file_order f ON f.file_id = s.file_id
    WHERE NOT b.everywhere
    GROUP BY r.instrument, r.question_id, f.file_no, u.column_key
    HAVING bool_and(r.is_unmapped)
),
counted AS (
    SELECT q.instrument, m.question_id, sum(q.answers)::BIGINT AS answers
    FROM release.compact.asked_question q
    JOIN release.compact.question m USING (question_no)
    JOIN readable_edition e ON e.instrument = q.instrument AND e.edition = q.edition
    WHERE m.mapping_id IS NULL
    GROUP BY q.instrument, m.question_id
),
-- Of files in which another class has a mapping, the answers tell; they are looked at for the questions that need it.
-- (Where all of these were withheld, each of them is an issue of its own, and this is not told.)
answered AS (
    SELECT c.instrument, c.question_id, f.file_no
    FROM release.compact.stored_answer a
    JOIN release.compact.question m USING (question_no)
    JOIN release.compact.stored_assessment s USING (assessment_no)
    JOIN release.compact.delivery d USING (delivery_no)
    JOIN file_order f ON f.file_id = d.file_id
    JOIN (FROM counted ANTI JOIN certain USING (instrument, question_id)) c
        ON c.instrument = s.instrument AND c.question_id = m.question_id
    WHERE m.mapping_id IS NULL
)
SELECT p.instrument, p.question_id, f.file_id, coalesce(c.answers, 0) AS answers
FROM (
    SELECT instrument, question_id, min(file_no) AS file_no
    FROM (FROM certain UNION ALL FROM answered)
    GROUP BY instrument, question_id
) p
JOIN file_order f USING (file_no)
LEFT JOIN counted c ON c.instrument = p.instrument AND c.question_id = p.question_id;
