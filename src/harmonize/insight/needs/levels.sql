-- Higg FEM of one factory: by section the highest level with points or stated as achieved, and what that level and the next one ask and the
-- latest assessment does not answer with yes. The level of a question belongs to the edition of its crosswalk.
WITH latest AS (
    SELECT assessment_id, edition, assessed_on, evidence_day, verified
    FROM compact.assessment_on($day::DATE, $factory)
    WHERE instrument = $instrument
    ORDER BY evidence_day DESC NULLS LAST, verified DESC, assessment_id
    LIMIT 1
),
answered AS (
    SELECT a.question_id, a.mapping_id, a.state::VARCHAR AS state, a.value_text, a.indicator_id
    FROM compact.numbered_answer a
    WHERE a.facility_id = $factory AND a.assessment_id IN (SELECT assessment_id FROM latest)
    QUALIFY row_number() OVER (PARTITION BY a.question_id ORDER BY a.answered_by = 'verifier' DESC) = 1
),
used AS (
    SELECT mode(c.edition ORDER BY c.edition) AS edition
    FROM answered a
    JOIN crosswalk c USING (mapping_id)
    WHERE c.instrument = $instrument
),
section AS (
    SELECT topic_id, split_part(topic_id, '.', 2) AS section, labels
    FROM topic
    WHERE parent_id IS NULL AND pillar = 'environment' AND topic_id IN (
        SELECT parent_id FROM topic WHERE topic_id LIKE '%.level2'
    )
),
scored AS (
    SELECT
        s.section,
        max(score) FILTER (level IS NULL) AS score,
        max(regexp_extract(level, '\d+')::INTEGER) FILTER (level LIKE 'level%' AND score > 0) AS reached
    FROM score s
    WHERE s.assessment_id IN (SELECT assessment_id FROM latest)
    GROUP BY s.section
),
native AS (
    SELECT
        split_part(indicator_id, '.', 2) AS section,
        string_agg(question_id || ' = ' || value_text, '; ' ORDER BY question_id) AS stated,
        max(list_max(regexp_extract_all(value_text, '[1-3]')::INTEGER[]))
            FILTER (question_id ILIKE '%levelsachieved' AND regexp_matches(value_text, '^(?i:[1-3]|level|[\s,;|\[\]"])+$'))
            AS achieved
    FROM answered
    WHERE indicator_id LIKE 'environment.%.metrics.levels' AND value_text IS NOT NULL
    GROUP BY ALL
),
standing AS (
    SELECT
        x.section, x.labels AS section_labels, c.score, greatest(c.reached, n.achieved) AS reached, n.stated,
        least(coalesce(greatest(c.reached, n.achieved), 0) + 1, 3) AS next_level
    FROM section x
    LEFT JOIN scored c USING (section)
    LEFT JOIN native n USING (section)
),
asked AS (
    SELECT
        split_part(i.topic_id, '.', 2) AS section, c.level::INTEGER AS level, c.question_id, i.indicator_id,
        i.labels, coalesce(a.state, 'not_answered') AS state
    FROM crosswalk c
    JOIN indicator i USING (indicator_id)
    LEFT JOIN answered a ON a.mapping_id = c.mapping_id
    WHERE c.instrument = $instrument AND c.edition = (SELECT edition FROM used) AND c.status = 'approved'
        AND i.kind IN ('practice', 'compliance') AND regexp_matches(c.level, '^[1-3]$')
        AND coalesce(a.state, '') NOT IN ('met', 'not_applicable')
)
SELECT
    l.edition, l.assessed_on, l.evidence_day, l.verified, l.assessment_id, s.*, a.level, a.question_id, a.indicator_id,
    a.labels, a.state
FROM latest l
CROSS JOIN standing s
LEFT JOIN asked a ON a.section = s.section AND a.level <= s.next_level
ORDER BY s.section, a.level DESC, a.indicator_id, a.question_id
