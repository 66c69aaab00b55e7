-- Per factory, instrument and topic: what its latest assessment says. Only compliance makes a breach: a practice that is
-- not there is missing maturity. A topic in scope without a finding is weak evidence, never met. Made anew for the
-- factories of which anything is not as it was.
-- Reads: stale_facility, touched_facility, made_assessment, made_finding, made_scope, answering_instrument, topic_entry,
--        release.compact.
-- Writes: release.compact.topic_state.
DELETE FROM release.compact.topic_state WHERE facility_no IN (SELECT facility_no FROM stale_facility);

INSERT INTO release.compact.topic_state
WITH reported AS (
    SELECT t.facility_no, k.assessment_no, s.assessment_id, s.instrument, s.kind, s.assessed_on
    FROM made_assessment s
    JOIN touched_facility t USING (facility_id)
    LEFT JOIN release.compact.stored_assessment k USING (assessment_id)
    WHERE s.published
),
latest AS (
    SELECT r.facility_no, r.instrument, r.assessed_on, t.*
    FROM release.compact.topic_count t
    JOIN reported r USING (assessment_no)
    QUALIFY rank() OVER (PARTITION BY r.facility_no, r.instrument, t.topic_id ORDER BY r.assessed_on DESC NULLS LAST) = 1
),
answered AS (
    SELECT
        facility_no, instrument, topic_id, max(assessed_on) AS last_assessed_on,
        sum(met + partly_met + not_met)::BIGINT AS asked,
        sum(met)::BIGINT AS met,
        sum(partly_met)::BIGINT AS partly_met,
        sum(not_met)::BIGINT AS not_met,
        sum(breaches)::BIGINT AS breaches,
        sum(not_applicable) = sum(answers) AS is_not_applicable
    FROM latest
    GROUP BY ALL
),
audited AS (
    SELECT * FROM reported WHERE kind IN ('audit', 'inspection')
    QUALIFY rank() OVER (PARTITION BY facility_no, instrument ORDER BY assessed_on DESC NULLS LAST) = 1
),
found AS (
    SELECT s.facility_no, s.instrument, n.topic_id, max(s.assessed_on) AS last_assessed_on, count(*) AS findings
    FROM made_finding n
    JOIN audited s USING (assessment_id)
    WHERE n.topic_id IS NOT NULL AND n.status IS DISTINCT FROM 'closed'
    GROUP BY ALL
),
in_scope AS (
    SELECT DISTINCT s.facility_no, s.instrument, t.topic_id, s.assessed_on AS last_assessed_on
    FROM made_scope c
    JOIN audited s USING (assessment_id)
    JOIN topic_entry t ON t.pillar = c.topic_id AND t.parent_id IS NOT NULL
    WHERE c.scope = 'in' AND NOT contains(t.topic_id, '.information')
        -- Only of instruments that list findings alone; where answers are listed, no answer means not asked.
        AND s.instrument NOT IN (SELECT instrument FROM answering_instrument)
)
SELECT
    facility_no, topic_id, instrument,
    greatest(a.last_assessed_on, n.last_assessed_on, c.last_assessed_on) AS last_assessed_on,
    CASE
        WHEN a.breaches > 0 OR n.findings > 0 THEN 'not_met'
        WHEN a.asked > 0 AND a.met = a.asked THEN 'met'
        WHEN a.asked > 0 AND a.not_met = a.asked THEN 'not_met'
        WHEN a.asked > 0 THEN 'partly_met'
        WHEN a.is_not_applicable THEN 'not_applicable'
        WHEN a.asked = 0 THEN 'informational'
        ELSE 'no_finding'
    END AS state,
    coalesce(a.breaches, 0) + coalesce(n.findings, 0) > 0 AS is_breach,
    a.asked, a.met, a.partly_met, a.not_met, n.findings
FROM answered a
FULL JOIN found n USING (facility_no, instrument, topic_id)
FULL JOIN in_scope c USING (facility_no, instrument, topic_id)
ORDER BY facility_no, topic_id, instrument;
