-- What every column means for every class of assessments: all that an answer needs but its own value. What was worked out
-- before by the same knowledge stands.
-- Reads: release.compact.asked_class, asking_file, asked_group, examined_set, group_column, new_column, stage.staged_column,
--        stage.set_column, question_mapping, crosswalk_entry, indicator_entry, scale_word, scale_default, instrument_default,
--        unit_spelling, staged_unit.
-- Writes: numbered_before, known_unit, word_state, meant_column, file_meaning, release.compact.meaning, asked_set, question,
--        place, raw_unit.
-- The highest numbers that the release continues from: all that they stand for is referred to by some answer.
CREATE OR REPLACE TABLE numbered_before AS
SELECT
    (SELECT coalesce(max(text_no), 0) FROM release.compact.stated_text) AS text_no,
    (SELECT coalesce(max(remark_no), 0) FROM release.compact.remark) AS remark_no,
    (SELECT coalesce(max(raw_unit_no), 0) FROM release.compact.raw_unit) AS raw_unit_no,
    (SELECT coalesce(max(delivery_no), 0) FROM release.compact.delivery) AS delivery_no;

CREATE OR REPLACE TABLE stated_unit AS
SELECT DISTINCT s.raw_unit, u.unit, u.factor
FROM staged_unit s
LEFT JOIN unit_spelling u ON u.spelling = lower(s.raw_unit);

INSERT INTO release.compact.raw_unit
SELECT
    ((SELECT coalesce(max(raw_unit_no), 0) FROM release.compact.raw_unit) + row_number() OVER (ORDER BY raw_unit))::INTEGER,
    raw_unit,
    unit
FROM stated_unit
WHERE raw_unit NOT IN (SELECT raw_unit FROM release.compact.raw_unit WHERE raw_unit_no > 0);

-- Units have a small number of their own, so that those which a question accepts fit into one integer.
CREATE OR REPLACE TABLE unit_bit AS
SELECT unit, (1::BIGINT << (row_number() OVER (ORDER BY unit) - 1)) AS bit
FROM (SELECT DISTINCT unit FROM unit_spelling);

-- (No unit is printed as nothing: that stands for none.)
CREATE OR REPLACE TABLE known_unit AS
SELECT s.raw_unit, r.raw_unit_no, s.unit, s.factor, b.bit
FROM stated_unit s
JOIN release.compact.raw_unit r USING (raw_unit)
LEFT JOIN unit_bit b ON b.unit = s.unit
UNION ALL
SELECT '', 0, NULL, NULL, NULL;

-- What every word says on every scale, and -1 for what is no word or on no scale.
CREATE OR REPLACE TABLE word_state AS
SELECT (s.scale_no + w.word_no)::INTEGER AS scale_word_no, k.state
FROM (SELECT DISTINCT scale_no FROM scale_word) s
CROSS JOIN (SELECT DISTINCT (scale_word_no - scale_no) AS word_no FROM scale_word) w
LEFT JOIN scale_word k ON k.scale_word_no = s.scale_no + w.word_no
UNION ALL
SELECT -1, NULL;

CREATE OR REPLACE TABLE meant_column AS
WITH accepted AS (
    SELECT u.accepted_units, bit_or(b.bit) AS accepted_bits
    FROM (
        SELECT accepted_units, unnest(string_split(accepted_units, '|')) AS unit
        FROM (SELECT DISTINCT unit AS accepted_units FROM crosswalk_entry WHERE unit IS NOT NULL)
    ) u
    JOIN unit_bit b USING (unit)
    GROUP BY u.accepted_units
),
mapped AS (
    SELECT
        u.class_no,
        c.*,
        q.mapping_id,
        CASE WHEN NOT q.is_elsewhere THEN e.predicate END AS comparability,
        coalesce(e.polarity, q.polarity) AS polarity,
        -- A question for the factories of other countries says nothing of our indicator here.
        CASE WHEN q.is_elsewhere THEN 'other_country' END AS not_counted,
        e.unit AS accepted_units,
        e.basis,
        e.threshold,
        coalesce(e.is_ignored, false) AS is_ignored,
        CASE WHEN NOT coalesce(e.is_ignored, false) THEN i.indicator_id END AS indicator_id,
        i.kind,
        i.unit AS indicator_unit,
        coalesce(c.scale, e.scale, q.scale, d.scale) AS used_scale
    FROM new_column u
    JOIN release.compact.asked_class k USING (class_no)
    JOIN stage.staged_column c USING (column_key)
    LEFT JOIN question_mapping q
        ON q.class_no = u.class_no
        AND q.question_id = c.question_id
        AND q.context IS NOT DISTINCT FROM c.context
        AND q.label_hash IS NOT DISTINCT FROM c.label_hash
    LEFT JOIN crosswalk_entry e USING (mapping_id)
    LEFT JOIN indicator_entry i ON i.indicator_id = CASE WHEN NOT q.is_elsewhere THEN e.indicator_id END
    LEFT JOIN instrument_default d ON d.instrument = k.instrument
)
SELECT
    class_no,
    column_key,
    question_id,
    context,
    label_hash,
    mapping_id,
    indicator_id,
    comparability,
    kind,
    polarity IS NOT DISTINCT FROM 'negative' AS is_negative,
    is_ignored,
    measured AS is_measured,
    -- A quantity is what stands beside a unit column, or what the indicator says is one.
    measured OR coalesce(kind = 'quantity', false) AS asks_quantity,
    -- An answer that only informs keeps its number, whatever the indicator that it was brought under.
    kind IS NULL OR used_scale IS NOT DISTINCT FROM 'plain_information' AS keeps_number,
    accepted_units,
    basis,
    threshold,
    accepted_bits,
    coalesce(
        string_split(accepted_units, '|')[1], CASE WHEN NOT contains(indicator_unit, '|') THEN indicator_unit END
    ) AS plain_unit,
    not_counted,
    (SELECT any_value(w.scale_no) FROM scale_word w WHERE w.scale = used_scale) AS scale_no,
    -- Null: any other word is an unknown answer.
    nullif(coalesce(s.otherwise, 'informational'), 'unknown_answer')::answer_state AS otherwise,
    -- Whatever stands there, nothing of it is withheld, and no second cell goes with it.
    NOT (is_ignored OR asks_quantity OR unit_prefix IS NOT NULL)
        AND s.otherwise IS DISTINCT FROM 'unknown_answer' AS is_loaded_anyway,
    answered_by::answered_by AS answered_by,
    verification::verification AS verification,
    prefix,
    suffix,
    unit_prefix,
    unit_suffix
FROM mapped
LEFT JOIN accepted USING (accepted_units)
LEFT JOIN scale_default s ON s.scale = used_scale;

INSERT INTO release.compact.question
SELECT
    ((SELECT coalesce(max(question_no), 0) FROM release.compact.question)
        + row_number() OVER (ORDER BY question_id, mapping_id, digest))::INTEGER,
    *
FROM (
    SELECT DISTINCT
        question_id, mapping_id, indicator_id, comparability, kind, is_measured, asks_quantity, plain_unit, not_counted,
        hash(
            question_id, mapping_id, indicator_id, comparability, kind, is_measured, asks_quantity, plain_unit, not_counted
        ) AS digest
    FROM meant_column
)
WHERE digest NOT IN (SELECT digest FROM release.compact.question);

INSERT INTO release.compact.place
SELECT
    ((SELECT coalesce(max(place_no), 0) FROM release.compact.place) + row_number() OVER (ORDER BY column_key))::INTEGER,
    *
FROM (
    SELECT DISTINCT column_key, prefix, suffix, context, label_hash, hash(prefix, suffix) AS digest FROM meant_column
)
WHERE column_key NOT IN (SELECT column_key FROM release.compact.place);

INSERT INTO release.compact.meaning
SELECT m.*, q.question_no, p.place_no, getvariable('knowledge')
FROM (SELECT *, hash(*COLUMNS(* EXCLUDE (class_no))) AS digest FROM meant_column) m
JOIN release.compact.question q
    ON q.digest = hash(
        m.question_id, m.mapping_id, m.indicator_id, m.comparability, m.kind, m.is_measured, m.asks_quantity, m.plain_unit,
        m.not_counted
    )
JOIN release.compact.place p USING (column_key);

-- All that the answers of a file mean, as one hash: what was judged by the same hash need not be judged again.
INSERT INTO release.compact.asked_set
WITH by_column AS (
    SELECT c.group_no, c.column_key, count(*) AS classes, sum(m.said::HUGEINT) AS total, bit_xor(m.said) AS mixed
    FROM group_column c
    JOIN asked_group g USING (group_no)
    JOIN (
        SELECT m.class_no, m.column_key, hash(m.digest, k.instrument, k.edition, k.country) AS said
        FROM release.compact.meaning m
        JOIN release.compact.asked_class k USING (class_no)
    ) m USING (class_no, column_key)
    GROUP BY c.group_no, c.column_key
)
SELECT
    s.set_digest, s.classes, hash(sum(b.classes)::BIGINT, sum(b.total), bit_xor(b.mixed)) AS signature,
    getvariable('knowledge')
FROM examined_set s
JOIN stage.set_column u USING (column_set_no)
JOIN by_column b USING (group_no, column_key)
GROUP BY s.set_digest, s.classes;

CREATE OR REPLACE TABLE file_meaning AS
SELECT f.file_id, s.signature FROM asking_file f JOIN release.compact.asked_set s USING (set_digest, classes);
