-- What one assessment ($assessment) says of one indicator ($indicator), and what kept it from saying anything. Each query
-- begins with its name.

-- answers: all of the indicator, with what follows from them.
SELECT
    a.question_id, a.state::VARCHAR AS state, coalesce(a.raw_value, a.value_text) AS value, a.reason, a.comparability, i.kind::VARCHAR AS kind,
    CASE WHEN i.kind IN ('compliance', 'practice') THEN e.implied_state::VARCHAR END AS implied_state,
    f.path || ', ' || a.locator AS place
FROM answer a
JOIN indicator i USING (indicator_id)
JOIN file f USING (file_id)
LEFT JOIN entailment e ON e.comparability = a.comparability AND e.state::VARCHAR = a.state::VARCHAR
WHERE a.assessment_id = $assessment AND a.indicator_id = $indicator
    AND a.facility_id = (SELECT facility_id FROM assessment WHERE assessment_id = $assessment)
ORDER BY a.question_id, a.answered_by;

-- findings: of the indicator, where the export lists findings. What only narrows it implies it, what is wider does not.
SELECT
    'a finding of clause ' || coalesce(n.clause_raw, '?') || coalesce(' (' || n.status_raw || ')', '') AS said,
    CASE WHEN n.status = 'closed' THEN 'not met then, closed since' ELSE 'not_met' END AS state,
    f.path || ', ' || n.locator AS place
FROM finding n
JOIN file f USING (file_id)
WHERE n.assessment_id = $assessment AND n.indicator_id = $indicator AND n.made_from = 'row'
ORDER BY n.finding_id;

-- columns: questions of the indicator that files of this instrument, edition and country hold.
SELECT DISTINCT m.question_id
FROM assessment s
JOIN facility y USING (facility_id)
JOIN compact.asked_class c
    ON c.instrument = s.instrument AND c.edition IS NOT DISTINCT FROM s.edition AND c.country IS NOT DISTINCT FROM y.country
JOIN compact.meaning m USING (class_no)
WHERE s.assessment_id = $assessment AND m.indicator_id = $indicator
ORDER BY 1;

-- withheld: cells of the deliveries that were withheld where a question of the indicator stands. Where one column holds one
-- question and the row is the assessment's, that is sure.
WITH placed AS (
    SELECT
        m.prefix, m.suffix, m.indicator_id, m.question_id,
        count(DISTINCT m.question_id) OVER (PARTITION BY m.prefix, m.suffix) = 1 AS is_alone
    FROM assessment s
    JOIN facility y USING (facility_id)
    JOIN compact.asked_class c
        ON c.instrument = s.instrument AND c.edition IS NOT DISTINCT FROM s.edition AND c.country IS NOT DISTINCT FROM y.country
    JOIN compact.meaning m USING (class_no)
    WHERE s.assessment_id = $assessment
),
delivered AS (
    SELECT file_id, locator, regexp_extract(locator, '(\d+)\]?$', 1) AS row_no FROM assessment_copy WHERE assessment_id = $assessment
),
cell AS (
    SELECT
        q.*, p.question_id, p.is_alone, d.row_no AS own_row,
        q.locator[len(p.prefix) + 1 : len(q.locator) - len(p.suffix)] AS cell_row
    FROM delivered d
    JOIN quarantine q USING (file_id)
    JOIN placed p ON p.indicator_id = $indicator AND starts_with(q.locator, p.prefix) AND ends_with(q.locator, p.suffix)
    WHERE regexp_full_match(q.locator[len(p.prefix) + 1 : len(q.locator) - len(p.suffix)], '\d*')
)
SELECT DISTINCT
    is_alone AS is_sure,
    CASE WHEN is_alone THEN 'question ' || question_id || ' is withheld: ' || message
        ELSE 'a cell of its file is withheld, perhaps that of question ' || question_id || ': ' || message END AS said,
    hint,
    (SELECT path FROM file f WHERE f.file_id = cell.file_id) || ', ' || locator AS place
FROM cell
WHERE NOT is_alone OR cell_row = '' OR cell_row = own_row
ORDER BY ALL;

-- implied: what answers to narrower and wider indicators say of this one.
WITH related AS (
    SELECT indicator_id AS other_id, 'not_met' AS carries, 'narrower' AS kind FROM indicator_broader WHERE broader_id = $indicator
    UNION ALL
    SELECT broader_id, 'met', 'wider' FROM indicator_broader WHERE indicator_id = $indicator
)
SELECT
    CASE WHEN e.implied_state::VARCHAR = r.carries THEN 'has_value' ELSE 'implies_nothing' END AS code,
    'the ' || r.kind || ' ' || r.other_id || ' was answered ' || a.state::VARCHAR
        || CASE WHEN e.implied_state::VARCHAR = r.carries THEN ': ' || r.carries || ' follows' ELSE ', of which nothing follows' END AS said,
    f.path || ', ' || a.locator AS place
FROM answer a
JOIN related r ON r.other_id = a.indicator_id
JOIN file f USING (file_id)
LEFT JOIN entailment e ON e.comparability = a.comparability AND e.state::VARCHAR = a.state::VARCHAR
WHERE a.assessment_id = $assessment
    AND a.facility_id = (SELECT facility_id FROM assessment WHERE assessment_id = $assessment)
ORDER BY ALL;

-- listing: whether the instrument lists answers, how many of the assessment's are mapped, and the scope of the topic.
SELECT
    (SELECT count(*) FROM compact.answered_question q WHERE q.instrument = s.instrument) AS answers,
    (SELECT count(*) FROM answer a WHERE a.assessment_id = s.assessment_id AND a.indicator_id IS NOT NULL) AS mapped,
    i.topic_id,
    (SELECT any_value(c.scope::VARCHAR) FROM assessment_scope c
        WHERE c.assessment_id = s.assessment_id AND c.topic_id IN (t.topic_id, t.parent_id, t.pillar)) AS scope
FROM assessment s, indicator i
JOIN topic t USING (topic_id)
WHERE s.assessment_id = $assessment AND i.indicator_id = $indicator;
