-- What a lender is told of every factory of its share. Parameters: quantities (by part, patterns), least (verification),
-- permits, severities. What sharing.yml withholds is not in the share at all.
WITH quantity AS (
    SELECT DISTINCT ON (t.facility_id, p.part, t.indicator_id, t.unit, t.year)
        t.facility_id, p.part, t.indicator_id, t.year, t.value_number, t.unit, t.verification::VARCHAR AS verification, t.instrument,
        t.assessment_id, t.crosswalk_edition
    FROM v_metric_trend t
    JOIN (SELECT unnest($parts) AS part, unnest($patterns) AS pattern) p ON t.indicator_id GLOB p.pattern
    WHERE list_position(['none', 'desk', 'virtual', 'onsite'], t.verification::VARCHAR)
        >= list_position(['none', 'desk', 'virtual', 'onsite'], $least)
),
answered AS (
    SELECT a.facility_id, a.verification::VARCHAR AS verification, a.state::VARCHAR AS state FROM answer a
),
told AS (
    SELECT
        facility_id, part, indicator_id AS what, year, value_number AS value, unit, NULL AS state, verification, instrument,
        assessment_id, NULL::DATE AS day, 'edition ' || crosswalk_edition AS remark
    FROM quantity
    UNION ALL
    SELECT
        a.facility_id, 'permit', a.indicator_id, year(coalesce(s.evidence_to, s.assessed_on)), NULL, NULL, a.state::VARCHAR,
        a.verification::VARCHAR, s.instrument, a.assessment_id, coalesce(s.evidence_to, s.assessed_on), a.value_text
    FROM v_latest_value l
    JOIN answer a USING (facility_id, assessment_id, question_id, answered_by)
    JOIN assessment s ON s.assessment_id = a.assessment_id
    WHERE a.indicator_id IN (SELECT unnest($permits))
    UNION ALL
    SELECT
        facility_id, 'open critical', coalesce(indicator_id, topic_id, 'not mapped'), year(assessed_on), NULL, NULL,
        severity::VARCHAR, NULL, instrument, assessment_id, assessed_on,
        CASE WHEN is_overdue THEN 'overdue' ELSE 'due on ' || due_on::VARCHAR END
    FROM v_open_findings
    WHERE severity::VARCHAR IN (SELECT unnest($severities))
    UNION ALL
    SELECT facility_id, 'open critical', 'count', NULL, count(*) FILTER (severity::VARCHAR IN (SELECT unnest($severities))), 'findings',
        NULL, NULL, NULL, NULL, NULL, 'of what was granted'
    FROM facility LEFT JOIN v_open_findings USING (facility_id)
    GROUP BY facility_id
    UNION ALL
    SELECT facility_id, 'data quality', 'answers', NULL, count(state), NULL, NULL, NULL, NULL, NULL, NULL, 'granted'
    FROM facility LEFT JOIN answered USING (facility_id) GROUP BY facility_id
    UNION ALL
    SELECT facility_id, 'data quality', 'share verified on site or at a desk', NULL,
        count(*) FILTER (verification IN ('desk', 'virtual', 'onsite')) / count(*), NULL, NULL, NULL, NULL, NULL, NULL,
        'auto-accepted counts as not verified'
    FROM answered GROUP BY facility_id
    UNION ALL
    SELECT facility_id, 'data quality', 'share unknown to the factory', NULL,
        count(*) FILTER (state = 'unknown_to_facility') / count(*), NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM answered GROUP BY facility_id
    UNION ALL
    SELECT facility_id, 'data quality', 'differences to explain', NULL, count(c.indicator_id), NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM facility LEFT JOIN contradiction c USING (facility_id) GROUP BY facility_id
    UNION ALL
    SELECT facility_id, 'data quality', 'last evidence', year(max(coalesce(evidence_to, assessed_on))), NULL, NULL, NULL, NULL, NULL,
        NULL, max(coalesce(evidence_to, assessed_on)), NULL
    FROM assessment WHERE published GROUP BY facility_id
)
SELECT facility_id, f.name, f.country, part, what, i.labels ->> 'en' AS label, t.* EXCLUDE (facility_id, part, what)
FROM told t
JOIN facility f USING (facility_id)
LEFT JOIN indicator i ON i.indicator_id = t.what
ORDER BY ALL
