-- Everything noticed, and what became of every file and cell. What was noticed in the content of a file that has been
-- judged before stands already.
-- Reads: loaded, to_judge, judgement, answer_issue, used_column, meaning, asked_class, readable_edition, the staged tables
--        and other issues, inbox_file, refusal, release.compact.
-- Writes: unmapped_question, release.compact.judged_file, release.compact.stored_issue, made_file.
DELETE FROM release.compact.stored_issue
WHERE NOT is_of_content OR file_id IN (SELECT file_id FROM to_judge) OR file_id NOT IN (SELECT file_id FROM loaded);
DELETE FROM release.compact.judged_file
WHERE file_id IN (SELECT file_id FROM to_judge) OR file_id NOT IN (SELECT file_id FROM loaded);
INSERT INTO release.compact.judged_file SELECT * FROM judgement ORDER BY file_id;

-- A question without a mapping concerns its crosswalk more than its files: it is told once, at the first that asks it.
CREATE OR REPLACE TABLE unmapped_question AS
WITH counted AS (
    SELECT q.instrument, m.question_id, sum(q.answers)::BIGINT AS answers
    FROM release.compact.asked_question q
    JOIN release.compact.question m USING (question_no)
    JOIN readable_edition e ON e.instrument = q.instrument AND e.edition = q.edition
    WHERE m.mapping_id IS NULL
    GROUP BY q.instrument, m.question_id
),
asked AS (
    SELECT m.class_no, m.column_key, c.*
    FROM meaning m
    JOIN asked_class k USING (class_no)
    JOIN readable_edition e ON e.instrument = k.instrument AND e.edition = k.edition
    JOIN counted c ON c.instrument = k.instrument AND c.question_id = m.question_id
    WHERE m.mapping_id IS NULL
)
SELECT a.instrument, a.question_id, a.answers, arg_min(f.file_id, f.path) AS file_id
FROM used_column u
JOIN asked a USING (class_no, column_key)
JOIN inbox_file f USING (file_id)
GROUP BY a.instrument, a.question_id, a.answers;

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
        'No crosswalk lists the question ''' || question_id || ''', which stands here first; its answers are kept unmapped: '
            || answers || '.',
        'Map it, or ignore it with a reason, in mappings/' || instrument || '/.', false, false
    FROM unmapped_question
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, withheld, false FROM plan_issue
    UNION ALL
    SELECT file_id, locator, code, severity, value, message, hint, withheld, false FROM lineage_issue
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
