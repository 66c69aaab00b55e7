-- Contradictions (differences to explain) and overlap.
-- Reads: made_answer, made_assessment, indicator_entry, crosswalk_entry. Writes: made_contradiction, made_overlap.
CREATE OR REPLACE TABLE made_contradiction AS
WITH stated AS (
    SELECT
        a.facility_id,
        w.indicator_id,
        a.assessment_id,
        a.visit_id,
        a.assessed_on,
        a.instrument,
        a.verified_of,
        a.evidence_from,
        a.evidence_to,
        c.basis,
        min(w.state) AS state
    FROM made_answer w
    JOIN made_assessment a USING (assessment_id)
    JOIN indicator_entry i USING (indicator_id)
    JOIN crosswalk_entry c USING (mapping_id)
    WHERE i.kind = 'compliance' AND w.state IN ('met', 'not_met') AND w.comparability IN ('exact', 'close')
        AND a.assessed_on IS NOT NULL
    GROUP BY ALL
    HAVING count(DISTINCT w.state) = 1
)
SELECT
    x.facility_id,
    x.indicator_id,
    x.assessment_id AS assessment_a,
    x.state AS state_a,
    y.assessment_id AS assessment_b,
    y.state AS state_b,
    date_diff('day', x.assessed_on, y.assessed_on) AS days_apart
FROM stated x
JOIN stated y
    ON y.facility_id = x.facility_id AND y.indicator_id = x.indicator_id AND y.basis IS NOT DISTINCT FROM x.basis
    AND y.visit_id <> x.visit_id AND y.state <> x.state
    AND (x.assessed_on, x.assessment_id) < (y.assessed_on, y.assessment_id)
    AND x.assessment_id IS DISTINCT FROM y.verified_of AND y.assessment_id IS DISTINCT FROM x.verified_of
    -- The evidence must overlap. Where it is not stated, two cycles of one instrument are a change in time, and two
    -- instruments within half a year are held to have seen the same months.
    AND CASE
        WHEN x.evidence_to IS NOT NULL AND y.evidence_to IS NOT NULL
            THEN x.evidence_from <= y.evidence_to AND y.evidence_from <= x.evidence_to
        ELSE x.instrument <> y.instrument AND date_diff('day', x.assessed_on, y.assessed_on) <= 180
    END
WHERE NOT EXISTS (
    -- An action closed in between explains the change.
    SELECT 1
    FROM made_finding n
    WHERE n.assessment_id = x.assessment_id AND n.indicator_id = x.indicator_id
        AND n.status = 'closed' AND coalesce(n.closed_on, n.due_on, y.assessed_on) <= y.assessed_on
);

CREATE OR REPLACE TABLE made_overlap AS
SELECT
    a.facility_id,
    w.indicator_id,
    make_date(year(a.assessed_on), 1, 1) AS window_start,
    count(DISTINCT a.visit_id) AS times_asked,
    list_sort(list(DISTINCT a.assessment_id)) AS assessments
FROM made_answer w
JOIN made_assessment a USING (assessment_id)
JOIN indicator_entry i USING (indicator_id)
WHERE a.assessed_on IS NOT NULL AND w.indicator_id IS NOT NULL AND i.topic_id NOT LIKE 'general.%'
    -- A verified assessment and its self-assessment are one round of questions.
    AND a.verified_of IS NULL
GROUP BY a.facility_id, w.indicator_id, make_date(year(a.assessed_on), 1, 1)
HAVING count(DISTINCT a.visit_id) > 1;
