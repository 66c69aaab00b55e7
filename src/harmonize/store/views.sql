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

-- Findings that are not closed; kept ready by factory (`open_findings.sql`): to find those of some, all would have to be joined.
CREATE VIEW compact.finding_not_closed AS
SELECT
    s.facility_id, f.name AS facility, f.country, s.instrument, s.assessed_on, n.severity, n.severity_raw, n.topic_id,
    n.indicator_id, i.indicator, n.clause_raw, n.description, n.status, n.status_raw, n.due_on, n.finding_id,
    n.assessment_id, n.file_id, n.locator
FROM finding n
JOIN assessment s USING (assessment_id)
JOIN facility f ON f.facility_id = s.facility_id
LEFT JOIN compact.labelled_indicator i USING (indicator_id)
WHERE n.status IS DISTINCT FROM 'closed' AND s.published;

CREATE TABLE compact.open_finding AS FROM compact.finding_not_closed WITH NO DATA;

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
    date_diff('day', coalesce(s.evidence_to, s.ended_on, s.assessed_on), (SELECT as_of FROM release)) AS age_days,
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

-- Who asked of a factory what it was asked more than once in a year.
CREATE VIEW v_overlap AS
SELECT
    o.facility_id, any_value(f.name) AS facility, any_value(f.country) AS country, year(o.window_start) AS year,
    any_value(i.topic_id) AS topic_id, o.indicator_id, any_value(i.indicator) AS indicator, any_value(o.times_asked) AS times_asked,
    list_sort(list(DISTINCT s.instrument)) AS instruments,
    list_sort(list(DISTINCT c.contributor)) AS contributors,
    list_sort(list(DISTINCT s.assessed_on)) AS days,
    any_value(o.assessments) AS assessments
FROM (SELECT *, unnest(assessments) AS assessment_id FROM overlap) o
JOIN assessment s ON s.assessment_id = o.assessment_id
JOIN assessment_copy c ON c.assessment_id = o.assessment_id
JOIN facility f ON f.facility_id = o.facility_id
JOIN compact.labelled_indicator i ON i.indicator_id = o.indicator_id
GROUP BY o.facility_id, o.indicator_id, o.window_start;

-- Every visit once, whatever its instruments and whoever delivered their reports; self-assessments are none.
CREATE VIEW v_visit AS
WITH told AS (
    -- What restates or reports another instrument's visit: its own day is none on site.
    SELECT assessment_id, bool_or(days_apart > 0) AS is_later FROM assessment_relation GROUP BY assessment_id
)
SELECT
    s.facility_id, any_value(f.name) AS facility, any_value(f.country) AS country, s.visit_id,
    coalesce(
        max(coalesce(s.ended_on, s.assessed_on)) FILTER (t.is_later IS NOT TRUE), max(coalesce(s.ended_on, s.assessed_on))
    ) AS last_day,
    year(last_day) AS year,
    max(date_diff('day', s.assessed_on, s.ended_on)) + 1 AS days,
    list_sort(list(DISTINCT s.kind::VARCHAR)) AS kinds,
    list_sort(list(DISTINCT s.instrument)) AS instruments,
    list_sort(list(DISTINCT s.announcement) FILTER (s.announcement IS NOT NULL)) AS announcements,
    list_sort(list(DISTINCT s.assessor) FILTER (s.assessor IS NOT NULL)) AS assessors,
    list_sort(list_distinct(flatten(list(c.contributors)))) AS contributors,
    sum(c.deliveries)::BIGINT AS deliveries,
    list_sort(list(s.assessment_id)) AS assessments
FROM assessment s
JOIN facility f USING (facility_id)
JOIN (
    SELECT assessment_id, list(DISTINCT contributor) AS contributors, count(*) AS deliveries
    FROM assessment_copy
    GROUP BY assessment_id
) c ON c.assessment_id = s.assessment_id
LEFT JOIN told t ON t.assessment_id = s.assessment_id
WHERE s.published AND s.kind NOT IN ('self', 'self_inspection')
GROUP BY s.facility_id, s.visit_id;

-- The ledger of burden, each year beside the one before. Where nothing was delivered of one of them, or the later one is not
-- over yet, the change is unknown.
CREATE VIEW v_burden AS
SELECT
    f.name AS facility, f.country, f.admin1, b.*,
    make_date(b.year::INTEGER, 12, 31) > (SELECT as_of FROM release) AS is_running,
    b.visits - p.visits AS visits_change,
    b.questions_asked - p.questions_asked AS questions_asked_change,
    b.questions_again - p.questions_again AS questions_again_change,
    b.answered_before_share - p.answered_before_share AS answered_before_share_change,
    b.findings_opened - p.findings_opened AS findings_opened_change,
    b.findings_open_at_end - p.findings_open_at_end AS findings_open_at_end_change
FROM burden b
JOIN facility f USING (facility_id)
LEFT JOIN (SELECT *, year + 1 AS year_after FROM burden WHERE len(contributors) > 0) p
    ON p.facility_id = b.facility_id AND p.year_after = CASE
        WHEN len(b.contributors) > 0 AND make_date(b.year::INTEGER, 12, 31) <= (SELECT as_of FROM release) THEN b.year
    END;

-- The sums of countries and years, of what is known; changes of the factories of which both years were delivered.
CREATE VIEW v_burden_sector AS
SELECT
    country, year, bool_or(is_running) AS is_running,
    count(*) FILTER (len(contributors) > 0) AS facilities,
    sum(visits)::BIGINT AS visits,
    sum(visits) / nullif(count(*) FILTER (len(contributors) > 0), 0) AS visits_per_facility,
    max(visits) AS visits_most,
    sum(visits_audit)::BIGINT AS visits_audit,
    sum(visits_inspection)::BIGINT AS visits_inspection,
    sum(visits_verification)::BIGINT AS visits_verification,
    sum(visits_announced)::BIGINT AS visits_announced,
    sum(visits_semi_announced)::BIGINT AS visits_semi_announced,
    sum(visits_unannounced)::BIGINT AS visits_unannounced,
    sum(visits_announcement_stated)::BIGINT AS visits_announcement_stated,
    sum(assessment_days)::BIGINT AS assessment_days,
    sum(visits_days_stated)::BIGINT AS visits_days_stated,
    sum(self_assessments)::BIGINT AS self_assessments,
    sum(assessments)::BIGINT AS assessments,
    sum(deliveries)::BIGINT AS deliveries,
    sum(copies_recognised)::BIGINT AS copies_recognised,
    sum(questions_asked)::BIGINT AS questions_asked,
    sum(questions_distinct)::BIGINT AS questions_distinct,
    sum(questions_again)::BIGINT AS questions_again,
    sum(questions_judged)::BIGINT AS questions_judged,
    sum(answered_before_directly)::BIGINT AS answered_before_directly,
    sum(answered_before_by_implication)::BIGINT AS answered_before_by_implication,
    sum(answered_before_directly + answered_before_by_implication) / nullif(sum(questions_judged), 0)
        AS answered_before_share,
    sum(visits_shared)::BIGINT AS visits_shared,
    sum(further_holders)::BIGINT AS further_holders,
    sum(reuse_joint)::BIGINT AS reuse_joint,
    sum(reuse_restated)::BIGINT AS reuse_restated,
    sum(reuse_taken_over)::BIGINT AS reuse_taken_over,
    sum(findings_opened)::BIGINT AS findings_opened,
    sum(findings_closed)::BIGINT AS findings_closed,
    sum(findings_closed_undated)::BIGINT AS findings_closed_undated,
    sum(findings_without_status)::BIGINT AS findings_without_status,
    sum(findings_open_at_end)::BIGINT AS findings_open_at_end,
    sum(findings_overdue_at_end)::BIGINT AS findings_overdue_at_end,
    count(visits_change) AS facilities_compared,
    sum(visits_change)::BIGINT AS visits_change,
    sum(questions_asked_change)::BIGINT AS questions_asked_change,
    sum(questions_again_change)::BIGINT AS questions_again_change,
    sum(findings_opened_change)::BIGINT AS findings_opened_change,
    sum(findings_open_at_end_change)::BIGINT AS findings_open_at_end_change
FROM v_burden
GROUP BY country, year;
