-- What hangs on every assessment and factory: answers and findings, and which audiences are shown it today.
-- Reads: a steward's release, covered_copy. Writes: review_reach, review_facility.
CREATE OR REPLACE TEMP TABLE review_reach AS
WITH answered AS (
    SELECT assessment_id, count(*) AS answers FROM answer GROUP BY assessment_id
),
found AS (
    SELECT assessment_id, count(*) AS findings FROM finding WHERE made_from = 'row' GROUP BY assessment_id
),
shown AS (
    SELECT assessment_id, list(DISTINCT audience_no ORDER BY audience_no) AS audiences FROM covered_copy GROUP BY assessment_id
)
SELECT
    a.assessment_id, a.facility_id, coalesce(n.answers, 0) + coalesce(f.findings, 0) AS answers,
    coalesce(s.audiences, []) AS audiences
FROM assessment a
LEFT JOIN answered n USING (assessment_id)
LEFT JOIN found f USING (assessment_id)
LEFT JOIN shown s USING (assessment_id);

CREATE OR REPLACE TEMP TABLE review_facility AS
SELECT
    f.facility_id, count(r.assessment_id) AS assessments, coalesce(sum(r.answers), 0)::BIGINT AS answers,
    coalesce(list_distinct(flatten(list(r.audiences))), []) AS audiences
FROM facility f
LEFT JOIN review_reach r USING (facility_id)
GROUP BY f.facility_id;
