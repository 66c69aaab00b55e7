-- The ledger of burden: per factory and year its visits, what they asked, what became of what they found.
-- Visits, questions and findings stand in the year of the visit's last day on site; assessments, deliveries and what was
-- taken over in that of the assessment's own last day. What nothing states is null, and never 0.
-- Reads: asked_round, made_assessment, made_copy, made_finding, announcement_word, taken_over_type, derived_rating, judgement_day,
--        release.compact (asked_year, stored_facility, closing_fit).
-- Writes: made_burden.
CREATE OR REPLACE TABLE visit_of_year AS
WITH told AS (
    SELECT
        r.*,
        w.rank AS announced_rank,
        t.type IS NOT NULL AS is_taken_over,
        date_diff('day', r.assessed_on, r.ended_on) + 1 AS days
    FROM asked_round r
    LEFT JOIN announcement_word w
        ON w.word = trim(regexp_replace(lower(r.announcement), '[^a-z]+', ' ', 'g'))
    LEFT JOIN taken_over_type t ON t.instrument = r.instrument AND t.type = lower(r.assessment_type)
    WHERE NOT r.is_self
)
SELECT
    facility_id,
    visit_id,
    year(any_value(visit_day)) AS year,
    bool_or(kind = 'audit') AS is_audit,
    bool_or(kind = 'inspection') AS is_inspection,
    bool_or(kind = 'verified') AS is_verification,
    list_sort(list(DISTINCT instrument)) AS instruments,
    min(announced_rank) AS announced_rank,
    max(days) AS days,
    -- Instruments that the visit served beyond its first; what restates or takes over is counted by itself.
    greatest(count(DISTINCT instrument) FILTER (NOT is_restated AND NOT is_taken_over) - 1, 0) AS further_instruments
FROM told
GROUP BY facility_id, visit_id;

CREATE OR REPLACE TABLE visits_of_year AS
SELECT
    facility_id, year,
    count(*) AS visits,
    count(*) FILTER (is_audit) AS visits_audit,
    count(*) FILTER (is_inspection) AS visits_inspection,
    count(*) FILTER (is_verification) AS visits_verification,
    nullif(count(announced_rank), 0) AS visits_announcement_stated,
    CASE WHEN count(announced_rank) > 0 THEN count(*) FILTER (announced_rank = 2) END AS visits_announced,
    CASE WHEN count(announced_rank) > 0 THEN count(*) FILTER (announced_rank = 1) END AS visits_semi_announced,
    CASE WHEN count(announced_rank) > 0 THEN count(*) FILTER (announced_rank = 0) END AS visits_unannounced,
    count(days) AS visits_days_stated,
    sum(days) AS assessment_days,
    sum(further_instruments) AS reuse_joint
FROM visit_of_year
GROUP BY facility_id, year;

CREATE OR REPLACE TABLE instruments_of_year AS
SELECT
    facility_id, year,
    '{' || string_agg('"' || instrument || '":' || visits, ',' ORDER BY instrument) || '}' AS visits_by_instrument
FROM (
    SELECT facility_id, year, instrument, count(*) AS visits
    FROM (SELECT facility_id, year, unnest(instruments) AS instrument FROM visit_of_year)
    GROUP BY facility_id, year, instrument
)
GROUP BY facility_id, year;

CREATE OR REPLACE TABLE shared_of_year AS
SELECT facility_id, year, count(*) FILTER (holders > 1) AS visits_shared, sum(holders - 1) AS further_holders
FROM (
    SELECT r.facility_id, r.visit_id, year(any_value(r.visit_day)) AS year, count(DISTINCT c.contributor) AS holders
    FROM asked_round r
    JOIN made_copy c USING (assessment_id)
    WHERE NOT r.is_self
    GROUP BY r.facility_id, r.visit_id
)
GROUP BY facility_id, year;

CREATE OR REPLACE TABLE assessments_of_year AS
WITH delivered AS (
    SELECT assessment_id, count(*) AS deliveries, count(*) FILTER (relation <> 'original') AS copies
    FROM made_copy
    GROUP BY assessment_id
)
SELECT
    r.facility_id, year(r.day) AS year,
    count(*) AS assessments,
    count(*) FILTER (r.is_self) AS self_assessments,
    sum(d.deliveries) AS deliveries,
    sum(d.copies) AS copies_recognised,
    -- (Unknown where no instrument of the year could have said so.)
    CASE WHEN bool_or(r.instrument IN (SELECT instrument FROM derived_rating))
        THEN count(*) FILTER (r.is_restated) END AS reuse_restated,
    CASE WHEN bool_or(r.instrument IN (SELECT instrument FROM taken_over_type))
        THEN count(*) FILTER (t.type IS NOT NULL AND NOT r.is_restated) END AS reuse_taken_over
FROM asked_round r
JOIN delivered d USING (assessment_id)
LEFT JOIN taken_over_type t ON t.instrument = r.instrument AND t.type = lower(r.assessment_type)
GROUP BY r.facility_id, year(r.day);

CREATE OR REPLACE TABLE contributors_of_year AS
SELECT r.facility_id, year(r.day) AS year, list_sort(list(DISTINCT c.contributor)) AS contributors
FROM asked_round r
JOIN made_copy c USING (assessment_id)
GROUP BY r.facility_id, year(r.day);

-- A finding that a follow-up prints as closed is the closing check of the likest one of those that it follows up.
CREATE OR REPLACE TABLE closing_check AS
SELECT
    y.finding_id, o.finding_id AS closes_id, t.day AS checked_on,
    release.compact.closing_fit(
        y.clause_raw, o.clause_raw, y.indicator_id, o.indicator_id, y.native_id, o.native_id, y.description, o.description
    ) AS fit
FROM made_finding y
JOIN asked_round t ON t.assessment_id = y.assessment_id
JOIN made_assessment m ON m.assessment_id = y.assessment_id
JOIN asked_round p ON p.assessment_id = m.follow_up_of
JOIN made_finding o ON o.assessment_id = p.assessment_id
WHERE y.status = 'closed'
    AND fit IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY y.finding_id ORDER BY fit DESC, o.finding_id) = 1;

-- Findings: of those whose state is known, which stood open at the end of every year, or today in the year of judgement.
CREATE OR REPLACE TABLE dated_finding AS
WITH finding AS (
    SELECT n.* REPLACE (coalesce(n.closed_on, k.checked_on) AS closed_on)
    FROM made_finding n
    LEFT JOIN (SELECT closes_id, min(checked_on) AS checked_on FROM closing_check GROUP BY closes_id) k
        ON k.closes_id = n.finding_id
    WHERE n.finding_id NOT IN (SELECT finding_id FROM closing_check)
)
SELECT
    r.facility_id,
    r.visit_day AS opened_on,
    n.closed_on,
    n.due_on,
    (SELECT day FROM judgement_day) AS day,
    CASE WHEN n.closed_on IS NOT NULL THEN 'closed' WHEN n.status <> 'closed' THEN 'open' WHEN n.status IS NULL THEN 'without_status'
        ELSE 'closed_undated' END AS fate
FROM finding n
JOIN asked_round r USING (assessment_id)
-- What a self-assessment says is said again by the one that verified it.
WHERE r.round_id = r.visit_id;

CREATE OR REPLACE TABLE opened_of_year AS
SELECT
    facility_id, year(opened_on) AS year,
    count(*) AS findings_opened,
    count(*) FILTER (fate = 'closed_undated') AS findings_closed_undated,
    count(*) FILTER (fate = 'without_status') AS findings_without_status
FROM dated_finding
GROUP BY facility_id, year(opened_on);

CREATE OR REPLACE TABLE closed_of_year AS
SELECT
    facility_id, year(closed_on) AS year,
    count(*) AS findings_closed,
    -- (`greatest` passes over what is null.)
    median(CASE WHEN opened_on IS NOT NULL THEN greatest(date_diff('day', opened_on, closed_on), 0) END)
        AS median_days_to_close
FROM dated_finding
WHERE closed_on <= day
GROUP BY facility_id, year(closed_on);

CREATE OR REPLACE TABLE open_of_year AS
WITH standing AS (
    SELECT
        *,
        unnest(range(year(opened_on), year(least(day, coalesce(closed_on, DATE '9999-12-31'))) + 1)) AS year
    FROM dated_finding
    WHERE fate IN ('open', 'closed') AND opened_on <= day
)
SELECT
    facility_id, year,
    count(*) FILTER (is_open) AS findings_open,
    CASE WHEN count(*) FILTER (is_open) = 0 THEN 0
        WHEN count(due_on) FILTER (is_open) > 0 THEN count(*) FILTER (is_open AND due_on < measured_on) END AS findings_overdue
FROM (
    SELECT *, coalesce(closed_on > measured_on, true) AS is_open
    FROM (SELECT *, least(make_date(year::INTEGER, 12, 31), day) AS measured_on FROM standing)
)
GROUP BY facility_id, year;

CREATE OR REPLACE TABLE made_burden AS
WITH years AS (
    SELECT facility_id, year FROM visits_of_year
    UNION
    SELECT facility_id, year FROM assessments_of_year
    UNION
    SELECT facility_id, year FROM closed_of_year
    UNION
    SELECT facility_id, year FROM open_of_year WHERE findings_open > 0
    UNION
    SELECT facility_id, y.year FROM release.compact.asked_year y JOIN release.compact.stored_facility USING (facility_no)
),
asked AS (
    SELECT k.facility_id, y.*
    FROM release.compact.asked_year y
    JOIN release.compact.stored_facility k USING (facility_no)
),
found AS (
    -- Whether anything was found until then, and of anything it is known what became of it.
    SELECT
        y.facility_id, y.year,
        coalesce(sum(o.findings_closed_undated + o.findings_without_status) OVER until, 0) AS unknown,
        y.year <= (SELECT year(day) FROM judgement_day)
            AND (coalesce(sum(o.findings_opened) OVER until, 0) = 0
            OR sum(o.findings_opened - o.findings_closed_undated - o.findings_without_status) OVER until > 0) AS is_end_known
    FROM years y
    LEFT JOIN opened_of_year o ON o.facility_id = y.facility_id AND o.year = y.year
    WHERE y.year IS NOT NULL
    WINDOW until AS (PARTITION BY y.facility_id ORDER BY y.year)
)
SELECT
    y.facility_id,
    y.year,
    coalesce(v.visits, 0) AS visits,
    coalesce(v.visits_audit, 0) AS visits_audit,
    coalesce(v.visits_inspection, 0) AS visits_inspection,
    coalesce(v.visits_verification, 0) AS visits_verification,
    v.visits_announced,
    v.visits_semi_announced,
    v.visits_unannounced,
    v.visits_announcement_stated,
    v.assessment_days,
    CASE WHEN v.visits > 0 THEN v.visits_days_stated END AS visits_days_stated,
    coalesce(a.self_assessments, 0) AS self_assessments,
    coalesce(a.assessments, 0) AS assessments,
    coalesce(i.visits_by_instrument, '{}') AS visits_by_instrument,
    coalesce(c.contributors, []) AS contributors,
    coalesce(a.deliveries, 0) AS deliveries,
    coalesce(a.copies_recognised, 0) AS copies_recognised,
    coalesce(q.asked, 0) AS questions_asked,
    coalesce(q.asked_distinct, 0) AS questions_distinct,
    coalesce(q.asked - q.asked_distinct, 0) AS questions_again,
    coalesce(q.judged, 0) AS questions_judged,
    q.before_directly AS answered_before_directly,
    q.before_by_implication AS answered_before_by_implication,
    (q.before_directly + q.before_by_implication) / nullif(q.judged, 0) AS answered_before_share,
    s.visits_shared,
    s.further_holders,
    v.reuse_joint,
    a.reuse_restated,
    a.reuse_taken_over,
    coalesce(o.findings_opened, 0) AS findings_opened,
    CASE WHEN d.findings_closed IS NOT NULL OR f.unknown = 0 THEN coalesce(d.findings_closed, 0) END
        AS findings_closed,
    coalesce(o.findings_closed_undated, 0) AS findings_closed_undated,
    coalesce(o.findings_without_status, 0) AS findings_without_status,
    CASE WHEN f.is_end_known THEN coalesce(n.findings_open, 0) END AS findings_open_at_end,
    CASE WHEN f.is_end_known IS NOT TRUE THEN NULL WHEN n.facility_id IS NULL THEN 0 ELSE n.findings_overdue END
        AS findings_overdue_at_end,
    d.median_days_to_close
FROM years y
LEFT JOIN visits_of_year v ON v.facility_id = y.facility_id AND v.year IS NOT DISTINCT FROM y.year
LEFT JOIN instruments_of_year i ON i.facility_id = y.facility_id AND i.year IS NOT DISTINCT FROM y.year
LEFT JOIN shared_of_year s ON s.facility_id = y.facility_id AND s.year IS NOT DISTINCT FROM y.year
LEFT JOIN assessments_of_year a ON a.facility_id = y.facility_id AND a.year IS NOT DISTINCT FROM y.year
LEFT JOIN contributors_of_year c ON c.facility_id = y.facility_id AND c.year IS NOT DISTINCT FROM y.year
LEFT JOIN asked q ON q.facility_id = y.facility_id AND q.year IS NOT DISTINCT FROM y.year
LEFT JOIN opened_of_year o ON o.facility_id = y.facility_id AND o.year IS NOT DISTINCT FROM y.year
LEFT JOIN closed_of_year d ON d.facility_id = y.facility_id AND d.year = y.year
LEFT JOIN open_of_year n ON n.facility_id = y.facility_id AND n.year = y.year
LEFT JOIN found f ON f.facility_id = y.facility_id AND f.year = y.year;
