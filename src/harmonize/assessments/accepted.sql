-- Verified assessments of factories in a programme by which some of their answers count as accurate unseen.
-- Reads: delivery_group, minted_assessment, accepted_level, crosswalk_entry. Writes: accepted_assessment.
CREATE OR REPLACE TABLE accepted_assessment AS
WITH dated AS (
    SELECT
        n.assessment_id,
        arg_min(g.instrument, g.delivery_rank) AS instrument,
        arg_min(g.facility_id, g.delivery_rank) AS facility_id,
        arg_min(g.assessed_on, g.delivery_rank) AS assessed_on,
        arg_min(g.verified, g.delivery_rank) AS verified
    FROM delivery_group g
    JOIN minted_assessment n USING (group_key)
    GROUP BY n.assessment_id
)
SELECT DISTINCT d.assessment_id, r.instrument, r.programme, l.digest
FROM dated d
JOIN accepted_level r ON r.instrument = d.instrument
JOIN dated p ON p.instrument = r.programme AND p.facility_id = d.facility_id
CROSS JOIN (SELECT sum(hash(mapping_id, level)::HUGEINT) AS digest FROM crosswalk_entry WHERE level IS NOT NULL) l
WHERE d.verified AND abs(date_diff('day', p.assessed_on, d.assessed_on)) <= r.within_days;
