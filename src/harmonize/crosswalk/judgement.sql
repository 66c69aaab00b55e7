-- What becomes of every cell of the files in `to_judge`.
-- Reads: judged_answer (pointed at these files), to_judge. Writes: judged_count, judgement.
CREATE OR REPLACE TABLE judged_count AS
SELECT j.file_id, j.class_no, j.column_key, j.problem, j.is_ignored, j.unit_prefix IS NOT NULL AS has_unit, count(*) AS answers
FROM judged_answer j
JOIN to_judge USING (file_id)
GROUP BY ALL;

CREATE OR REPLACE TABLE judgement AS
WITH cell AS (
    -- A unit cell goes with its quantity.
    SELECT
        n.file_id,
        sum(CASE WHEN problem IS NULL AND NOT is_ignored THEN (1 + has_unit::INT) * answers ELSE 0 END) AS loaded,
        sum(CASE
            WHEN problem IS NULL AND NOT is_ignored THEN 0
            WHEN is_ignored THEN (1 + has_unit::INT) * answers
            ELSE has_unit::INT * answers
        END) AS ignored,
        sum(CASE WHEN problem IS NULL OR is_ignored THEN 0 ELSE answers END) AS quarantined
    FROM judged_count n
    JOIN to_judge t USING (file_id)
    WHERE NOT t.shares_cells
    GROUP BY n.file_id
),
shared AS (
    -- A verifier's correction belongs to its cell.
    SELECT
        j.file_id, j.assessment_no, j.cell_no,
        bool_or(j.problem IS NULL AND NOT j.is_ignored) AS is_loaded,
        bool_or(j.is_ignored) AS is_ignored,
        bool_or(j.unit_prefix IS NOT NULL) AS has_unit
    FROM judged_answer j
    JOIN to_judge t USING (file_id)
    WHERE t.shares_cells
    GROUP BY ALL
),
counted AS (
    SELECT * FROM cell
    UNION ALL
    SELECT
        file_id,
        sum(CASE WHEN is_loaded THEN 1 + has_unit::INT ELSE 0 END),
        sum(CASE WHEN is_loaded THEN 0 WHEN is_ignored THEN 1 + has_unit::INT ELSE has_unit::INT END),
        sum(CASE WHEN is_loaded OR is_ignored THEN 0 ELSE 1 END)
    FROM shared
    GROUP BY file_id
)
SELECT
    t.file_id, t.content_key, t.signature, coalesce(c.loaded, 0)::BIGINT AS loaded,
    coalesce(c.ignored, 0)::BIGINT AS ignored, coalesce(c.quarantined, 0)::BIGINT AS quarantined
FROM to_judge t
LEFT JOIN counted c USING (file_id);
