-- Which assessments are one visit, and how they are related: burden counts visits, and so does corroboration.
-- Reads: made_assessment, dated_on_site, same_visit, derived_rating. Writes: visit_relation; made_assessment gets visit_id.
CREATE OR REPLACE TABLE told_visit AS
WITH candidate AS (
    SELECT
        t.assessment_id, s.assessment_id AS related_id, 'same_visit_other_instrument' AS kind, s.assessed_on,
        abs(date_diff('day', s.assessed_on, t.assessed_on)) AS days_apart
    FROM made_assessment t
    JOIN same_visit r ON r.instrument = t.instrument
    JOIN made_assessment s ON s.instrument = r.seen_by AND s.facility_id = t.facility_id
    WHERE t.verified AND abs(date_diff('day', s.assessed_on, t.assessed_on)) <= r.within_days
    UNION ALL
    SELECT
        t.assessment_id, s.assessment_id, 'rating_derived_from', s.assessed_on,
        date_diff('day', s.assessed_on, t.assessed_on)
    FROM made_assessment t
    JOIN derived_rating r ON r.instrument = t.instrument AND lower(r.rating) = lower(t.rating_raw)
    JOIN made_assessment s ON s.instrument = r.derived_from AND s.facility_id = t.facility_id
    WHERE date_diff('day', s.assessed_on, t.assessed_on) BETWEEN 0 AND r.within_days
)
-- The nearest one; of two on one day the first by id.
SELECT assessment_id, related_id, kind, days_apart
FROM candidate
QUALIFY row_number() OVER (PARTITION BY assessment_id ORDER BY days_apart, assessed_on DESC, related_id) = 1;

CREATE OR REPLACE TABLE made_visit AS
WITH stayed AS (
    SELECT
        assessment_id,
        CASE
            WHEN assessed_on IS NOT NULL AND (
                kind IN ('audit', 'inspection')
                OR (verified AND instrument IN (SELECT instrument FROM dated_on_site))
            ) THEN facility_id || '|' || assessed_on
            ELSE assessment_id
        END AS stay
    FROM made_assessment
)
SELECT s.assessment_id, 'HV' || upper(substr(sha256(coalesce(seen.stay, s.stay)), 1, 16)) AS visit_id
FROM stayed s
LEFT JOIN told_visit t USING (assessment_id)
LEFT JOIN stayed seen ON seen.assessment_id = t.related_id;

CREATE OR REPLACE TABLE made_assessment AS
SELECT a.*, v.visit_id FROM made_assessment a JOIN made_visit v USING (assessment_id);

CREATE OR REPLACE TABLE visit_relation AS
SELECT
    assessment_id,
    related_id,
    kind,
    CASE kind
        WHEN 'rating_derived_from' THEN 'the rating restates the latest result before it'
        ELSE 'the data of one instrument are collected for the other'
    END AS evidence,
    days_apart
FROM told_visit
UNION ALL
SELECT a.assessment_id, b.assessment_id, 'same_visit_other_instrument', 'factory and day', 0
FROM made_assessment a
JOIN made_assessment b ON b.visit_id = a.visit_id AND b.assessed_on = a.assessed_on AND b.instrument > a.instrument
ANTI JOIN told_visit t
    ON least(t.assessment_id, t.related_id) = least(a.assessment_id, b.assessment_id)
    AND greatest(t.assessment_id, t.related_id) = greatest(a.assessment_id, b.assessment_id);
