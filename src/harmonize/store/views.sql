-- Views for people.
CREATE VIEW v_answer AS
SELECT
    f.facility_id, f.name AS facility, f.country, s.instrument, s.edition, s.kind AS assessment_kind, s.assessed_on,
    t.pillar, i.topic_id, a.indicator_id, i.labels ->> 'en' AS indicator, a.question_id, a.comparability, a.state,
    a.value_text, a.value_number, a.unit, a.answered_by, a.verification, a.raw_value, a.raw_unit, a.assessment_id,
    a.file_id, a.locator
FROM answer a
JOIN assessment s USING (assessment_id)
JOIN facility f USING (facility_id)
LEFT JOIN indicator i USING (indicator_id)
LEFT JOIN topic t USING (topic_id)
WHERE s.published;

CREATE VIEW v_facility_card AS
SELECT
    f.*,
    (SELECT count(*) FROM assessment s WHERE s.facility_id = f.facility_id AND s.published) AS assessments,
    (SELECT count(DISTINCT visit_id) FROM assessment s WHERE s.facility_id = f.facility_id AND s.published) AS visits,
    (SELECT list_sort(list(DISTINCT instrument)) FROM assessment s WHERE s.facility_id = f.facility_id AND s.published)
        AS instruments,
    (SELECT max(assessed_on) FROM assessment s WHERE s.facility_id = f.facility_id AND s.published) AS last_assessed_on,
    (SELECT count(*) FROM finding n JOIN assessment s USING (assessment_id)
        WHERE s.facility_id = f.facility_id AND n.status IS DISTINCT FROM 'closed') AS findings_not_closed,
    (SELECT count(*) FROM conflict c JOIN assessment s USING (assessment_id) WHERE s.facility_id = f.facility_id) AS conflicts
FROM facility f;

CREATE VIEW v_open_findings AS
SELECT
    f.facility_id, f.name AS facility, f.country, s.instrument, s.assessed_on, n.severity, n.severity_raw, n.topic_id,
    n.indicator_id, i.labels ->> 'en' AS indicator, n.clause_raw, n.description, n.status, n.status_raw, n.due_on,
    n.due_on < (SELECT as_of FROM release) AS is_overdue, n.finding_id, n.assessment_id, n.file_id, n.locator
FROM finding n
JOIN assessment s USING (assessment_id)
JOIN facility f USING (facility_id)
LEFT JOIN indicator i USING (indicator_id)
WHERE n.status IS DISTINCT FROM 'closed' AND s.published;

-- Per factory, instrument and topic: what its latest assessment says. Only compliance makes a breach: a practice that is
-- not there is missing maturity. A topic in scope without a finding is weak evidence, never met.
CREATE VIEW v_topic_matrix AS
WITH sided AS (
    SELECT
        s.facility_id, s.instrument, i.topic_id, i.kind, a.state, s.assessed_on, a.assessment_id
    FROM answer a
    JOIN assessment s USING (assessment_id)
    JOIN indicator i USING (indicator_id)
    WHERE s.published
    QUALIFY row_number() OVER (
        PARTITION BY a.assessment_id, a.question_id ORDER BY a.answered_by = 'verifier' DESC
    ) = 1
),
latest AS (
    SELECT * FROM sided
    QUALIFY rank() OVER (PARTITION BY facility_id, instrument, topic_id ORDER BY assessed_on DESC NULLS LAST) = 1
),
answered AS (
    SELECT
        facility_id, instrument, topic_id, max(assessed_on) AS last_assessed_on,
        count(*) FILTER (state IN ('met', 'partly_met', 'not_met')) AS asked,
        count(*) FILTER (state = 'met') AS met,
        count(*) FILTER (state = 'partly_met') AS partly_met,
        count(*) FILTER (state = 'not_met') AS not_met,
        count(*) FILTER (state = 'not_met' AND kind = 'compliance') AS breaches,
        count(*) FILTER (state = 'not_applicable') = count(*) AS is_not_applicable
    FROM latest
    GROUP BY ALL
),
audited AS (
    SELECT * FROM assessment WHERE published AND kind IN ('audit', 'inspection')
    QUALIFY rank() OVER (PARTITION BY facility_id, instrument ORDER BY assessed_on DESC NULLS LAST) = 1
),
found AS (
    SELECT s.facility_id, s.instrument, n.topic_id, max(s.assessed_on) AS last_assessed_on, count(*) AS findings
    FROM finding n
    JOIN audited s USING (assessment_id)
    WHERE n.topic_id IS NOT NULL AND n.status IS DISTINCT FROM 'closed'
    GROUP BY ALL
),
in_scope AS (
    SELECT DISTINCT s.facility_id, s.instrument, t.topic_id, s.assessed_on AS last_assessed_on
    FROM assessment_scope c
    JOIN audited s USING (assessment_id)
    JOIN topic t ON t.pillar = c.topic_id AND t.parent_id IS NOT NULL
    WHERE c.scope = 'in' AND NOT contains(t.topic_id, '.information')
        -- Only of instruments that list findings alone; where answers are listed, no answer means not asked.
        AND s.instrument NOT IN (SELECT DISTINCT o.instrument FROM answer JOIN assessment o USING (assessment_id))
)
SELECT
    f.facility_id, f.name AS facility, f.country, t.pillar, t.topic_id, t.labels ->> 'en' AS topic, m.instrument,
    m.last_assessed_on,
    CASE
        WHEN m.breaches > 0 OR m.findings > 0 THEN 'not_met'
        WHEN m.asked > 0 AND m.met = m.asked THEN 'met'
        WHEN m.asked > 0 AND m.not_met = m.asked THEN 'not_met'
        WHEN m.asked > 0 THEN 'partly_met'
        WHEN m.is_not_applicable THEN 'not_applicable'
        WHEN m.asked = 0 THEN 'informational'
        ELSE 'no_finding'
    END AS state,
    coalesce(m.breaches, 0) + coalesce(m.findings, 0) > 0 AS is_breach,
    m.asked, m.met, m.partly_met, m.not_met, m.findings
FROM (
    SELECT
        facility_id, instrument, topic_id,
        greatest(a.last_assessed_on, n.last_assessed_on, c.last_assessed_on) AS last_assessed_on,
        a.asked, a.met, a.partly_met, a.not_met, a.breaches, a.is_not_applicable, n.findings
    FROM answered a
    FULL JOIN found n USING (facility_id, instrument, topic_id)
    FULL JOIN in_scope c USING (facility_id, instrument, topic_id)
) m
JOIN facility f USING (facility_id)
JOIN topic t USING (topic_id);

-- Quantities over reporting years. The verified value stands where there is one; FEM 3 and FEM 4 are not one series.
CREATE VIEW v_metric_trend AS
WITH yearly AS (
    SELECT
        s.facility_id, f.name AS facility, f.country, a.indicator_id, i.labels ->> 'en' AS indicator,
        year(coalesce(s.period_end, s.assessed_on)) AS year, a.value_number, a.unit, a.answered_by, a.verification,
        s.instrument, c.edition AS crosswalk_edition, a.assessment_id
    FROM answer a
    JOIN assessment s USING (assessment_id)
    JOIN facility f USING (facility_id)
    JOIN indicator i USING (indicator_id)
    LEFT JOIN crosswalk c USING (mapping_id)
    WHERE i.kind = 'quantity' AND a.value_number IS NOT NULL AND a.comparability = 'exact' AND s.published
    QUALIFY row_number() OVER (
        PARTITION BY s.facility_id, a.indicator_id, a.unit, year(coalesce(s.period_end, s.assessed_on))
        ORDER BY s.verified DESC, a.answered_by = 'verifier' DESC, s.assessed_on DESC, a.question_id
    ) = 1
)
SELECT
    *,
    lag(crosswalk_edition) OVER series IS NOT NULL AND lag(crosswalk_edition) OVER series <> crosswalk_edition
        AS series_breaks
FROM yearly
WINDOW series AS (PARTITION BY facility_id, indicator_id, unit ORDER BY year);

-- What is already assessed: the latest answer per factory and indicator with what a buyer must know to rely on it.
-- Age counts from the last on-site day, for FEM from the end of the reporting period. Missing facts are shown as missing.
CREATE VIEW v_reuse AS
WITH sided AS (
    -- The verifier's answer counts where there is one.
    SELECT * FROM answer
    WHERE indicator_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY assessment_id, question_id ORDER BY answered_by = 'verifier' DESC) = 1
)
SELECT
    s.facility_id, f.name AS facility, f.country, a.indicator_id, i.labels ->> 'en' AS indicator, i.topic_id,
    s.instrument, s.edition, s.assessed_on, s.evidence_from, s.evidence_to,
    date_diff('day', coalesce(s.evidence_to, s.assessed_on), (SELECT as_of FROM release)) AS age_days,
    e.implied_state AS state, a.state AS answered_state, a.comparability, c.basis, a.verification, s.announcement,
    s.assessor, s.valid_until, s.valid_until_basis,
    (SELECT count(*) FROM finding n WHERE n.assessment_id = s.assessment_id AND n.indicator_id = a.indicator_id
        AND n.status IS DISTINCT FROM 'closed') AS open_findings,
    a.assessment_id
FROM sided a
JOIN assessment s USING (assessment_id)
JOIN facility f USING (facility_id)
JOIN indicator i USING (indicator_id)
JOIN entailment e ON e.comparability = a.comparability AND e.state = a.state
LEFT JOIN crosswalk c USING (mapping_id)
WHERE s.published AND i.kind IN ('compliance', 'practice')
QUALIFY row_number() OVER (
    PARTITION BY s.facility_id, a.indicator_id
    -- Inside one assessment, what is not met speaks for the indicator.
    ORDER BY coalesce(s.evidence_to, s.assessed_on) DESC NULLS LAST, s.verified DESC, a.assessment_id,
        e.implied_state = 'not_met' DESC, a.question_id
) = 1;
