-- What becomes of every cell of the files in `to_judge`.
-- Reads: judged_answer (pointed at these files), to_judge (`answers` is how many each file states).
-- Writes: judged_count, judgement.
CREATE OR REPLACE TABLE judged_count AS
WITH judged AS (
    SELECT
        file_id,
        count(*) AS answers,
        -- A unit cell goes with its quantity.
        sum(CASE WHEN problem IS NULL AND NOT is_ignored THEN 1 + (unit_prefix IS NOT NULL)::INT ELSE 0 END) AS loaded,
        sum(CASE
            WHEN problem IS NULL AND NOT is_ignored THEN 0
            WHEN is_ignored THEN 1 + (unit_prefix IS NOT NULL)::INT
            ELSE (unit_prefix IS NOT NULL)::INT
        END) AS ignored,
        count(*) FILTER (problem IS NOT NULL AND NOT is_ignored) AS quarantined
    FROM judged_answer
    WHERE NOT is_loaded_anyway
    GROUP BY file_id
)
SELECT
    t.file_id,
    t.answers - coalesce(j.answers, 0) + coalesce(j.loaded, 0) AS loaded,
    coalesce(j.ignored, 0) AS ignored,
    coalesce(j.quarantined, 0) AS quarantined
FROM to_judge t
LEFT JOIN judged j USING (file_id);

CREATE OR REPLACE TABLE judgement AS
WITH shared AS (
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
    SELECT n.* FROM judged_count n JOIN to_judge t USING (file_id) WHERE NOT t.shares_cells
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
