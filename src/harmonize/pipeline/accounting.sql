-- Everything noticed, and what became of every file and cell.
-- Reads: the staged and harmonised tables, inbox_file, refusal. Writes: made_issue, made_file.
CREATE OR REPLACE TABLE made_issue AS
WITH noticed AS (
    SELECT file_id, locator, code, severity, value, message, hint, withheld FROM staged_issue
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, withheld FROM answer_issue
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, withheld FROM plan_issue
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, withheld FROM lineage_issue
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, false FROM refusal
    UNION ALL
    SELECT
        file_id, 'file', 'no_contributor', 'warning', path,
        'The file lies directly in the inbox, so its contributor is unknown.',
        'Move it into a folder named after its contributor.', false
    FROM inbox_file WHERE NOT contains(path, '/')
    UNION ALL
    SELECT
        m.file_id, m.locator, n.code,
        -- What only the comparison of records shows is no fault of the file that prints it.
        CASE n.code WHEN 'identifier_in_two_countries' THEN 'warning' ELSE 'info' END, n.value, n.message,
        'Compare the records and decide: harmonize facilities decide.', false
    FROM identity_notice n
    JOIN mention m USING (mention_id)
)
SELECT DISTINCT
    'HI' || upper(substr(sha256(concat_ws('|', file_id, locator, code, value)), 1, 16)) AS issue_id,
    file_id, locator, code, severity, nullif(left(value, 500), '') AS value, message, nullif(hint, '') AS hint, withheld
FROM noticed;

CREATE OR REPLACE TABLE made_file AS
WITH cell AS (
    -- A verifier's correction belongs to its cell; a unit cell goes with its quantity.
    SELECT
        file_id, assessment_no, cell_no,
        bool_or(problem IS NULL AND NOT is_ignored) AS is_loaded,
        bool_or(is_ignored) AS is_ignored,
        bool_or(unit_place IS NOT NULL) AS has_unit
    FROM harmonised_answer
    GROUP BY ALL
),
counted AS (
    SELECT
        file_id,
        sum(CASE WHEN is_loaded THEN 1 + has_unit::INT ELSE 0 END) AS loaded,
        sum(CASE WHEN is_loaded THEN 0 WHEN is_ignored THEN 1 + has_unit::INT ELSE has_unit::INT END) AS ignored,
        sum(CASE WHEN is_loaded OR is_ignored THEN 0 ELSE 1 END) AS quarantined
    FROM cell
    GROUP BY file_id
),
found AS (
    SELECT file_id, count(*) AS loaded FROM (
        SELECT file_id FROM harmonised_finding UNION ALL SELECT file_id FROM staged_plan
    ) GROUP BY file_id
),
withheld AS (
    SELECT file_id, sum(cells) AS cells FROM staged_issue WHERE withheld GROUP BY file_id
),
edition AS (
    SELECT file_id, min(edition) AS edition FROM staged_assessment GROUP BY file_id HAVING count(DISTINCT edition) = 1
),
troubled AS (
    SELECT DISTINCT file_id FROM made_issue WHERE severity <> 'info'
)
SELECT
    f.file_id, f.content_id, f.path, f.contributor, f.instrument, e.edition, f.layout, f.bytes, f.received_at,
    f.duplicate_of,
    CASE WHEN f.status = 'loaded' AND t.file_id IS NOT NULL THEN 'loaded_with_issues' ELSE f.status END AS status,
    f.cells_total,
    f.cells_blank,
    CASE WHEN f.status = 'loaded' THEN coalesce(c.loaded, 0) + coalesce(n.loaded, 0) ELSE 0 END AS cells_loaded,
    CASE
        WHEN f.status = 'loaded' THEN f.source_ignored + coalesce(c.ignored, 0)
        -- A duplicate's cells are all in the file that was loaded instead.
        WHEN f.status = 'duplicate' THEN f.cells_total - f.cells_blank
        ELSE 0
    END AS cells_ignored,
    CASE WHEN f.status = 'loaded' THEN coalesce(c.quarantined, 0) + coalesce(w.cells, 0) ELSE 0 END
        AS cells_quarantined
FROM inbox_file f
LEFT JOIN counted c USING (file_id)
LEFT JOIN found n USING (file_id)
LEFT JOIN withheld w USING (file_id)
LEFT JOIN edition e ON e.file_id = coalesce(f.duplicate_of, f.file_id)
LEFT JOIN troubled t USING (file_id)
ORDER BY f.path;
