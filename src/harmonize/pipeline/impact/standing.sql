-- How all answers of the touched factories count by one side: those of the release but for the questions that are judged
-- anew, and what these come to on this side.
-- Reads: released, counted, present.counted, instrument_default, touched_facility, release.compact.
-- Writes: release.compact.topic_count, answering_instrument, stale_facility; takes other factories from made_assessment.
DELETE FROM made_assessment WHERE facility_id NOT IN (SELECT facility_id FROM touched_facility);

DELETE FROM release.compact.topic_count;
INSERT INTO release.compact.topic_count
WITH counts AS (
    SELECT s.assessment_id, t.* EXCLUDE (assessment_no), 1 AS times
    FROM released.compact.topic_count t
    JOIN (SELECT * FROM released.compact.stored_assessment SEMI JOIN touched_facility USING (facility_id)) s
        USING (assessment_no)
    UNION ALL
    SELECT * REPLACE (-1 AS times) FROM present.counted
    UNION ALL
    FROM counted
)
SELECT
    s.assessment_no, c.topic_id, sum(times * c.answers), sum(times * met), sum(times * partly_met), sum(times * not_met),
    sum(times * breaches), sum(times * not_applicable)
FROM counts c
JOIN release.compact.stored_assessment s USING (assessment_id)
SEMI JOIN touched_facility f ON f.facility_id = s.facility_id
GROUP BY s.assessment_no, c.topic_id
HAVING sum(times * c.answers) > 0;

CREATE OR REPLACE TABLE answering_instrument AS SELECT instrument FROM instrument_default WHERE lists_answers;

CREATE OR REPLACE TABLE stale_facility AS SELECT * FROM touched_facility LIMIT 0;
