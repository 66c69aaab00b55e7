-- Everything noticed, and what became of every file and cell. What was noticed in the content of a file that has been
-- judged before stands already.
-- Reads: loaded, to_judge, judgement, answer_issue, unmapped_question, the staged tables and other issues, inbox_file, refusal.
-- Writes: release.compact.judged_file, release.compact.stored_issue, made_file.
DELETE FROM release.compact.stored_issue
WHERE NOT is_of_content OR file_id IN (SELECT file_id FROM to_judge) OR file_id NOT IN (SELECT file_id FROM loaded);
DELETE FROM release.compact.judged_file
WHERE file_id IN (SELECT file_id FROM to_judge) OR file_id NOT IN (SELECT file_id FROM loaded);
INSERT INTO release.compact.judged_file SELECT * FROM judgement ORDER BY file_id;

INSERT INTO release.compact.stored_issue
WITH noticed AS (
    SELECT file_id, locator, code, severity, value, message, hint, withheld, true AS is_of_content
    FROM staged_issue
    SEMI JOIN to_judge USING (file_id)
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, withheld, true FROM answer_issue
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, withheld, false FROM clause_issue
    UNION ALL
    SELECT
        file_id, 'header', 'drift', 'warning', question_id,
        'No crosswalk lists the question ''' || question_id || '''; its answers are kept unmapped: ' || answers || ' in all.',
        'Map it, or ignore it with a reason, in mappings/' || instrument || '/.', false, false
    FROM unmapped_question
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, withheld, false FROM plan_issue
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, withheld, false FROM lineage_issue
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, withheld, false FROM finding_issue
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, withheld, false FROM difference_issue
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, withheld, false FROM future_issue
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, false, false FROM refusal
    UNION ALL
    SELECT
        file_id, 'file', 'no_contributor', 'warning', path,
        'The file lies directly in the inbox, so its contributor is unknown.',
        'Move it into a folder named after its contributor.', false, false
    FROM inbox_file WHERE NOT contains(path, '/')
    UNION ALL
    SELECT
        file_id, 'file', 'bad_received_day', 'warning', folder,
        'The folder ''' || folder || ''' names no day, so nothing says when the file was received; it counts as earlier than any dated one.',
        'Name it received-YYYY-MM-DD by the day of receipt.', false, false
    FROM (SELECT file_id, unnest(string_split(path, '/')[:-2]) AS folder FROM inbox_file WHERE received_at IS NULL)
    WHERE starts_with(lower(folder), 'received-')
        AND (NOT regexp_full_match(folder, '(?i)received-\d{4}-\d{2}-\d{2}') OR try_cast(substr(folder, 10) AS DATE) IS NULL)
    UNION ALL
    SELECT
        m.file_id, m.locator, n.code,
        -- What only the comparison of records shows is no fault of the file that prints it.
        CASE n.code WHEN 'identifier_in_two_countries' THEN 'warning' ELSE 'info' END, n.value, n.message,
        'Compare the records and decide: harmonize facilities decide.', false, false
    FROM identity_notice n
    JOIN mention m USING (mention_id)
)
SELECT DISTINCT
    'HI' || upper(substr(sha256(concat_ws('|', file_id, locator, code, value)), 1, 16)) AS issue_id,
    file_id, locator, code, severity, nullif(left(value, 500), '') AS value, message, nullif(hint, '') AS hint, withheld,
    is_of_content
FROM noticed
ORDER BY file_id, locator, code, issue_id;

CREATE OR REPLACE TABLE made_file AS
WITH found AS (
    SELECT file_id, count(*) AS loaded FROM (
        SELECT file_id FROM harmonised_finding WHERE role IS DISTINCT FROM 'detail'
        UNION ALL
        SELECT file_id FROM staged_plan
    ) GROUP BY file_id
),
withheld AS (
    SELECT file_id, sum(cells) AS cells FROM staged_issue WHERE withheld GROUP BY file_id
),
edition AS (
    SELECT file_id, min(edition) AS edition FROM staged_assessment GROUP BY file_id HAVING count(DISTINCT edition) = 1
),
troubled AS (
    SELECT DISTINCT file_id FROM release.compact.stored_issue WHERE severity <> 'info'
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
LEFT JOIN release.compact.judged_file c USING (file_id)
LEFT JOIN found n USING (file_id)
LEFT JOIN withheld w USING (file_id)
LEFT JOIN edition e ON e.file_id = coalesce(f.duplicate_of, f.file_id)
LEFT JOIN troubled t USING (file_id)
ORDER BY f.path;
