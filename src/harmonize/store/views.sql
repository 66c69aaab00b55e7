-- The contract tables that are kept more compactly inside, and views for people.
CREATE VIEW compact.answered_question AS
SELECT k.instrument, k.edition, q.question_id, q.indicator_id, k.answers
FROM compact.asked_question k
JOIN compact.question q USING (question_no);

CREATE VIEW answer AS SELECT * EXCLUDE (assessment_no, instrument) FROM compact.numbered_answer;

CREATE VIEW issue AS
SELECT issue_id, file_id, locator, code, severity, value, message, hint FROM compact.stored_issue;

CREATE VIEW quarantine AS
SELECT issue_id, file_id, locator, code, severity, value, message, hint FROM compact.stored_issue WHERE withheld;

-- The latest answer of every factory to every indicator.
CREATE VIEW v_latest_value AS
SELECT
    f.facility_id, q.indicator_id, s.assessment_id, s.instrument, q.question_id, l.answered_by, l.state, q.comparability,
    l.value_text, l.value_number, l.unit, l.verification, q.mapping_id
FROM compact.latest l
JOIN compact.stored_facility f USING (facility_no)
JOIN compact.stored_assessment s USING (assessment_no)
JOIN compact.question q USING (question_no);

-- A label is taken out of its languages once per indicator, not once per row that names it.
CREATE VIEW compact.labelled_indicator AS SELECT * EXCLUDE (labels), labels ->> 'en' AS indicator FROM indicator;

-- (The factory of the compact assessment leads to the few blocks that hold its answers.)
CREATE VIEW v_answer AS
SELECT
    a.facility_id, f.name AS facility, f.country, s.instrument, s.edition, s.kind AS assessment_kind, s.assessed_on,
    t.pillar, i.topic_id, a.indicator_id, i.indicator, a.question_id, a.comparability, a.state,
    a.value_text, a.value_number, a.unit, a.answered_by, a.verification, a.raw_value, a.raw_unit, a.assessment_id,
    a.file_id, a.locator
FROM compact.numbered_answer a
JOIN assessment s USING (assessment_id)
JOIN facility f ON f.facility_id = a.facility_id
LEFT JOIN compact.labelled_indicator i USING (indicator_id)
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

-- Findings that are not closed, kept ready by factory: to find those of some factories, all would have to be joined.
CREATE OR REPLACE TABLE compact.open_finding AS
SELECT
    s.facility_id, f.name AS facility, f.country, s.instrument, s.assessed_on, n.severity, n.severity_raw, n.topic_id,
    n.indicator_id, i.indicator, n.clause_raw, n.description, n.status, n.status_raw, n.due_on, n.finding_id,
    n.assessment_id, n.file_id, n.locator
FROM finding n
JOIN assessment s USING (assessment_id)
JOIN facility f ON f.facility_id = s.facility_id
LEFT JOIN compact.labelled_indicator i USING (indicator_id)
WHERE n.status IS DISTINCT FROM 'closed' AND s.published
ORDER BY s.facility_id, n.assessment_id, n.finding_id;

CREATE VIEW v_open_findings AS
SELECT
    facility_id, facility, country, instrument, assessed_on, severity, severity_raw, topic_id, indicator_id, indicator,
    clause_raw, description, status, status_raw, due_on, due_on < (SELECT as_of FROM release) AS is_overdue, finding_id,
    assessment_id, file_id, locator
FROM compact.open_finding;

-- Per factory, instrument and topic: what its latest assessment says.
CREATE VIEW v_topic_matrix AS
SELECT
    f.facility_id, f.name AS facility, f.country, t.pillar, t.topic_id, t.topic, m.instrument, m.last_assessed_on, m.state,
    m.is_breach, m.asked, m.met, m.partly_met, m.not_met, m.findings
FROM compact.topic_state m
JOIN compact.stored_facility k USING (facility_no)
JOIN facility f USING (facility_id)
JOIN (SELECT pillar, topic_id, labels ->> 'en' AS topic FROM topic) t USING (topic_id);

-- Quantities over reporting years. The verified value stands where there is one; FEM 3 and FEM 4 are not one series.
CREATE VIEW v_metric_trend AS
WITH yearly AS (
    SELECT
        a.facility_id, f.name AS facility, f.country, a.indicator_id, i.indicator,
        year(coalesce(s.period_end, s.assessed_on)) AS year, a.value_number, a.unit, a.answered_by, a.verification,
        s.instrument, c.edition AS crosswalk_edition, a.assessment_id
    FROM compact.classified_answer a
    JOIN assessment s USING (assessment_id)
    JOIN facility f ON f.facility_id = a.facility_id
    JOIN compact.labelled_indicator i USING (indicator_id)
    LEFT JOIN crosswalk c USING (mapping_id)
    WHERE i.kind = 'quantity' AND a.value_number IS NOT NULL AND a.comparability = 'exact' AND s.published
    QUALIFY row_number() OVER (
        PARTITION BY a.facility_id, a.indicator_id, a.unit, year(coalesce(s.period_end, s.assessed_on))
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
SELECT
    s.facility_id, f.name AS facility, f.country, i.indicator_id, i.indicator, i.topic_id,
    s.instrument, s.edition, s.assessed_on, s.evidence_from, s.evidence_to,
    date_diff('day', coalesce(s.evidence_to, s.assessed_on), (SELECT as_of FROM release)) AS age_days,
    e.implied_state AS state, l.state AS answered_state, q.comparability, c.basis, l.verification, s.announcement,
    s.assessor, s.valid_until, s.valid_until_basis,
    (SELECT count(*) FROM finding n WHERE n.assessment_id = s.assessment_id AND n.indicator_id = i.indicator_id
        AND n.status IS DISTINCT FROM 'closed') AS open_findings,
    s.assessment_id
FROM compact.latest l
JOIN compact.stored_assessment k USING (assessment_no)
JOIN compact.question q USING (question_no)
JOIN assessment s ON s.assessment_id = k.assessment_id
JOIN facility f ON f.facility_id = s.facility_id
JOIN compact.labelled_indicator i USING (indicator_id)
JOIN entailment e ON e.comparability = q.comparability AND e.state = l.state::VARCHAR
LEFT JOIN crosswalk c USING (mapping_id)
WHERE i.kind IN ('compliance', 'practice');

-- Differences to explain, those that deserve attention first: what is gravest where it was found (what no scheme weighs stands
-- between major and minor), then what was verified on both sides, then what both ask exactly, then what lies closest.
CREATE VIEW v_contradiction AS
SELECT
    row_number() OVER (
        PARTITION BY c.facility_id
        ORDER BY
            coalesce(list_position(['zero_tolerance', 'critical', 'major', '', 'minor', 'observation'], c.severity::VARCHAR), 4),
            coalesce((c.verification_a IN ('onsite', 'virtual'))::INTEGER, 0)
                + coalesce((c.verification_b IN ('onsite', 'virtual'))::INTEGER, 0) DESC,
            coalesce((c.comparability_a = 'exact')::INTEGER, 0) + coalesce((c.comparability_b = 'exact')::INTEGER, 0) DESC,
            c.days_apart, c.indicator_id, c.assessment_a, c.assessment_b, c.state_a
    ) AS rank,
    c.facility_id, f.name AS facility, f.country, i.topic_id, c.indicator_id, i.indicator, c.basis, c.threshold, c.severity,
    c.severity_raw, c.days_apart,
    x.instrument AS instrument_a, x.assessed_on AS assessed_on_a, c.state_a, c.question_a, c.said_a, c.verification_a,
    x.assessor AS assessor_a, p.path AS file_a, c.locator_a,
    y.instrument AS instrument_b, y.assessed_on AS assessed_on_b, c.state_b, c.question_b, c.said_b, c.verification_b,
    y.assessor AS assessor_b, q.path AS file_b, c.locator_b,
    c.assessment_a, c.assessment_b
FROM contradiction c
JOIN facility f USING (facility_id)
JOIN compact.labelled_indicator i USING (indicator_id)
JOIN assessment x ON x.assessment_id = c.assessment_a
JOIN assessment y ON y.assessment_id = c.assessment_b
LEFT JOIN file p ON p.file_id = c.file_a
LEFT JOIN file q ON q.file_id = c.file_b;

-- Laws that indicators refer to, those in force on some day by a condition on valid_from and valid_to.
CREATE VIEW v_indicator_law AS
SELECT
    r.indicator_id, i.indicator, l.country, r.law_id, r.article, l.title, l.authority, l.year, l.valid_from, l.valid_to,
    l.replaced_by
FROM indicator_law r
JOIN law l USING (law_id)
JOIN compact.labelled_indicator i USING (indicator_id);
