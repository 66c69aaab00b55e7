-- What would change, per finding, per topic of a factory, and per assessment.
-- Reads: before and after (made_finding, topic_state), changed_answer, judged_assessment, touched_facility, released.score.
-- Writes: changed_finding, changed_topic, changed_assessment, affected_facility.
CREATE OR REPLACE TABLE changed_finding AS
SELECT
    finding_id, assessment_id, b.finding_id IS NOT NULL AS stood, a.finding_id IS NOT NULL AS stands,
    coalesce(b.made_from, a.made_from) AS made_from, coalesce(b.clause_raw, a.clause_raw) AS clause,
    b.indicator_id AS indicator_before, a.indicator_id AS indicator_after
FROM before.made_finding b
FULL JOIN after.made_finding a USING (finding_id, assessment_id)
WHERE b.finding_id IS NULL OR a.finding_id IS NULL
    OR b.indicator_id IS DISTINCT FROM a.indicator_id
    OR b.topic_id IS DISTINCT FROM a.topic_id;

CREATE OR REPLACE TABLE changed_topic AS
SELECT f.facility_id, topic_id, instrument, b.state AS state_before, a.state AS state_after
FROM before.topic_state b
FULL JOIN after.topic_state a USING (facility_no, topic_id, instrument)
JOIN touched_facility f USING (facility_no)
WHERE b.state IS DISTINCT FROM a.state OR b.is_breach IS DISTINCT FROM a.is_breach;

CREATE OR REPLACE TABLE changed_assessment AS
WITH answers AS (
    SELECT
        assessment_no,
        count(*) AS answers,
        count(*) FILTER (stood AND stands AND state_before <> state_after) AS states,
        count(*) FILTER (NOT stood) AS appear,
        count(*) FILTER (NOT stands) AS vanish,
        count(*) FILTER (indicator_before IS NULL AND indicator_after IS NOT NULL) AS gain,
        count(*) FILTER (indicator_before IS NOT NULL AND indicator_after IS NULL) AS lose,
        count(*) FILTER (indicator_before <> indicator_after) AS other_indicator,
        count(*) FILTER (implied_before IS DISTINCT FROM implied_after) AS imply_otherwise
    FROM changed_answer
    GROUP BY assessment_no
),
findings AS (
    SELECT
        assessment_id,
        count(*) FILTER (NOT stood) AS findings_open,
        count(*) FILTER (NOT stands) AS findings_vanish,
        count(*) FILTER (stood AND stands) AS findings_move
    FROM changed_finding
    GROUP BY assessment_id
)
SELECT
    s.*, a.* EXCLUDE (assessment_no), f.* EXCLUDE (assessment_id),
    s.assessment_id IN (SELECT assessment_id FROM released.score) AS states_scores
FROM judged_assessment s
LEFT JOIN answers a USING (assessment_no)
LEFT JOIN findings f USING (assessment_id)
WHERE a.answers IS NOT NULL OR f.assessment_id IS NOT NULL;

CREATE OR REPLACE TABLE affected_facility AS
SELECT facility_id FROM changed_assessment UNION SELECT facility_id FROM changed_topic;
