-- Sensitive free texts of the release that nobody has decided, with what a steward must know to decide.
WITH answered AS (
    UNPIVOT (
        SELECT a.assessment_id, a.question_id AS place, i.topic_id, n.is_sensitive,
            CASE WHEN n.is_text OR length(a.value_text) >= (SELECT free_from FROM text_limit) THEN a.value_text END AS value,
            a.reason::VARCHAR AS reason
        FROM answer a
        JOIN text_indicator n USING (indicator_id)
        JOIN indicator i USING (indicator_id)
        -- What leaves for nobody needs no review.
        ANTI JOIN never_leaving v USING (indicator_id)
    )
    ON value, reason INTO NAME part VALUE text
),
found AS (
    UNPIVOT (
        SELECT f.assessment_id, f.clause_raw AS place, f.topic_id,
            f.topic_id IS NULL OR coalesce(n.is_sensitive, false) OR f.severity::VARCHAR IN (SELECT severity FROM sensitive_severity)
            OR EXISTS (SELECT 1 FROM sensitive_topic t WHERE f.topic_id = t.topic_id OR starts_with(f.topic_id, t.topic_id || '.'))
                AS is_sensitive,
            f.description, f.root_cause, c.action
        FROM finding f
        LEFT JOIN text_indicator n USING (indicator_id)
        LEFT JOIN corrective_action c USING (finding_id)
    )
    ON description, root_cause, action INTO NAME part VALUE text
),
texts AS (SELECT * FROM answered UNION ALL SELECT * FROM found)
SELECT
    text_key(s.instrument, t.assessment_id, t.place, t.part, t.text) AS text_id,
    any_value(s.facility_id) AS facility_id, any_value(y.name) AS facility, any_value(s.instrument) AS instrument,
    any_value(s.assessed_on) AS assessed_on, min(t.topic_id) AS topic_id, any_value(t.place) AS place, any_value(t.part) AS part,
    any_value(t.text) AS text
FROM texts t
JOIN assessment s USING (assessment_id)
JOIN facility y ON y.facility_id = s.facility_id
LEFT JOIN flagged_text g ON g.text = t.text
WHERE s.published AND trim(t.text) <> '' AND (t.is_sensitive OR g.has_word)
GROUP BY text_id
ORDER BY facility_id, instrument, assessed_on, place, part, text_id
