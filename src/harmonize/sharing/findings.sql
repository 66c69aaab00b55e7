-- Findings: rows of a class do not leave; of the others the texts do, as far as they may.
CREATE OR REPLACE TEMP TABLE withheld_finding AS
WITH matched AS (
    SELECT f.audience_no, f.row_no, f.instrument, w.class_no FROM shared_finding f JOIN withheld_indicator w USING (indicator_id)
    WHERE NOT f.is_own
    UNION ALL
    SELECT f.audience_no, f.row_no, f.instrument, s.class_no FROM shared_finding f
    JOIN withheld_severity s ON s.severity = f.severity::VARCHAR
    WHERE NOT f.is_own
)
SELECT m.audience_no, m.row_no, min(d.class_no) AS class_no
FROM matched m
JOIN audience_kind k USING (audience_no)
JOIN denied_class d ON d.class_no = m.class_no AND d.kind = k.kind AND d.instrument = m.instrument
GROUP BY ALL;

DELETE FROM shared_finding f USING withheld_finding w WHERE w.audience_no = f.audience_no AND w.row_no = f.row_no;

CREATE OR REPLACE TEMP TABLE judged_finding AS
WITH placed AS (
    SELECT f.*, u.is_unnamed, u.is_masked,
        u.asks_review AND (
            f.topic_id IS NULL OR n.is_sensitive OR f.severity::VARCHAR IN (SELECT severity FROM sensitive_severity)
            OR EXISTS (SELECT 1 FROM sensitive_topic t WHERE f.topic_id = t.topic_id OR starts_with(f.topic_id, t.topic_id || '.'))
        ) AS is_sensitive,
        u.asks_review
    FROM shared_finding f
    JOIN text_audience u USING (audience_no)
    LEFT JOIN text_indicator n USING (indicator_id)
    WHERE NOT f.is_own
),
parts AS (
    UNPIVOT (SELECT audience_no, row_no, instrument, assessment_id, clause AS place, is_unnamed, is_masked, is_sensitive, asks_review,
        scope_rank, description, root_cause, action, legal_reference, responsible FROM placed)
    ON description, root_cause, action, legal_reference, responsible INTO NAME part VALUE text
), judged AS (
    SELECT p.audience_no, p.row_no, p.part, p.text, CASE WHEN p.is_masked THEN g.masked END AS masked,
    p.is_unnamed OR (
        p.part IN ('description', 'root_cause', 'action')
        AND coalesce(p.is_sensitive OR (p.asks_review AND g.has_word), false)
        AND NOT (p.scope_rank = 4
            AND text_key(p.instrument, p.assessment_id, p.place, p.part, p.text) IN (SELECT key FROM approved_text))
    ) AS is_withheld,
    p.is_unnamed
FROM parts p
LEFT JOIN flagged_text g ON g.text = p.text
)
SELECT audience_no, row_no, part, text, is_withheld, is_unnamed, told(text, masked, is_withheld) AS told_text
FROM judged;

DELETE FROM judged_finding WHERE told_text IS NOT DISTINCT FROM text;

UPDATE shared_finding SET
    description = CASE WHEN j.description THEN j.told_description ELSE shared_finding.description END,
    root_cause = CASE WHEN j.root_cause THEN j.told_root_cause ELSE shared_finding.root_cause END,
    action = CASE WHEN j.action THEN j.told_action ELSE shared_finding.action END,
    legal_reference = CASE WHEN j.legal_reference THEN j.told_legal_reference ELSE shared_finding.legal_reference END,
    responsible = CASE WHEN j.responsible THEN j.told_responsible ELSE shared_finding.responsible END
FROM (
    SELECT audience_no, row_no,
        bool_or(part = 'description') AS description, any_value(told_text) FILTER (part = 'description') AS told_description,
        bool_or(part = 'root_cause') AS root_cause, any_value(told_text) FILTER (part = 'root_cause') AS told_root_cause,
        bool_or(part = 'action') AS action, any_value(told_text) FILTER (part = 'action') AS told_action,
        bool_or(part = 'legal_reference') AS legal_reference,
        any_value(told_text) FILTER (part = 'legal_reference') AS told_legal_reference,
        bool_or(part = 'responsible') AS responsible, any_value(told_text) FILTER (part = 'responsible') AS told_responsible
    FROM judged_finding
    GROUP BY ALL
) j
WHERE j.audience_no = shared_finding.audience_no AND j.row_no = shared_finding.row_no;

-- Columns that no profile names may say anything.
UPDATE shared_finding SET extra = NULL WHERE NOT is_own;
