-- What ends the reuse of older evidence (domain rules 19 and 20).
-- Reads: reuse_kind, reuse_kind_topic, reuse_signal, reuse_reported, reuse_required, what world.sql and candidates.sql
--        wrote, the release. Variables: reuse_as_of, reuse_workforce_change.
-- Writes: reuse_event, reuse_ended_whole, reuse_ended_part, reuse_ended_whole_seen, reuse_ended_part_seen, reuse_law_change.
CREATE OR REPLACE TEMP TABLE reuse_signalled AS
SELECT g.kind, a.facility_id, a.assessment_no, a.evidence_day
FROM compact.stored_answer s
JOIN reuse_assessment a USING (assessment_no)
JOIN compact.question q USING (question_no)
JOIN entailment e ON e.comparability = q.comparability AND e.state = s.state::VARCHAR
JOIN reuse_signal g ON g.indicator_id = q.indicator_id AND g.state = e.implied_state::VARCHAR
UNION
SELECT g.kind, a.facility_id, a.assessment_no, a.evidence_day
FROM reuse_found n
JOIN reuse_assessment a USING (assessment_no)
JOIN crosswalk c USING (mapping_id)
JOIN entailment e ON e.comparability = c.predicate AND e.state = 'not_met'
JOIN reuse_signal g ON g.indicator_id = n.indicator_id AND g.state = e.implied_state::VARCHAR
WHERE n.made_from = 'row'
UNION
SELECT 'zero_tolerance', a.facility_id, a.assessment_no, a.evidence_day
FROM reuse_found n
JOIN reuse_assessment a USING (assessment_no)
WHERE n.severity = 'zero_tolerance';

CREATE OR REPLACE TEMP TABLE reuse_event AS
SELECT (row_number() OVER (ORDER BY facility_id, on_day, kind, why, by_whom, assessment_no))::INTEGER AS event_no, *
FROM (
    SELECT s.kind, s.facility_id, s.evidence_day AS on_day, k.same_day, k.why, NULL::VARCHAR AS by_whom, s.assessment_no
    FROM reuse_signalled s
    JOIN reuse_kind k USING (kind)
    UNION ALL
    SELECT r.kind, r.facility_id, r.on_day, k.same_day, concat_ws(': ', k.why, nullif(r.why, '')), r.by_whom, NULL
    FROM reuse_reported r
    JOIN reuse_kind k USING (kind)
    SEMI JOIN reuse_factory USING (facility_id)
)
WHERE on_day <= getvariable('reuse_as_of');

-- The head count at the time of the evidence is its own, else the last one stated before; later ones are held against it.
CREATE OR REPLACE TEMP TABLE reuse_head_count AS
SELECT m.facility_id, coalesce(a.evidence_day, f.received_at) AS on_day, m.workers, a.assessment_no, m.mention_id
FROM facility_mention m
JOIN reuse_factory USING (facility_id)
JOIN file f USING (file_id)
LEFT JOIN assessment_copy c ON c.file_id = m.file_id AND c.locator = m.locator
LEFT JOIN reuse_assessment a ON a.assessment_id = c.assessment_id
WHERE m.workers > 0 AND (c.copy_id IS NULL OR a.assessment_id IS NOT NULL)
    AND coalesce(a.evidence_day, f.received_at) <= getvariable('reuse_as_of');

-- The days that the evidence of an assessment bears: one, but where its deliveries are dated otherwise.
CREATE OR REPLACE TEMP TABLE reuse_aged AS
SELECT DISTINCT c.assessment_no, a.facility_id, c.evidence_day
FROM reuse_candidate c
JOIN reuse_assessment a USING (assessment_no)
WHERE c.evidence_day IS NOT NULL;

-- (Once by all head counts, once by those alone that the buyer may see.)
CREATE OR REPLACE TEMP TABLE reuse_workforce AS
WITH head_count AS (
    SELECT *, false AS is_seen FROM reuse_head_count
    UNION ALL
    SELECT h.*, true
    FROM reuse_head_count h
    JOIN facility_mention m USING (mention_id)
    LEFT JOIN reuse_seen s ON s.assessment_no = h.assessment_no
    WHERE NOT getvariable('reuse_needs_grants') OR m.contributor = getvariable('reuse_contributor')
        OR h.assessment_no IS NULL OR s.owns OR s.answers_grant IS NOT NULL
),
then_counted AS (
    SELECT
        h.is_seen, a.assessment_no, a.facility_id, a.evidence_day,
        first(h.workers ORDER BY h.assessment_no IS NOT DISTINCT FROM a.assessment_no DESC, h.on_day DESC, h.mention_id) AS workers
    FROM reuse_aged a
    JOIN head_count h
        ON h.facility_id = a.facility_id AND (h.on_day <= a.evidence_day OR h.assessment_no = a.assessment_no)
    GROUP BY ALL
)
SELECT t.assessment_no, t.evidence_day, t.is_seen, min(h.on_day) AS on_day
FROM then_counted t
JOIN head_count h ON h.facility_id = t.facility_id AND h.on_day > t.evidence_day AND h.is_seen = t.is_seen
WHERE abs(h.workers - t.workers) >= getvariable('reuse_workforce_change') * t.workers
GROUP BY t.assessment_no, t.evidence_day, t.is_seen;

-- The first event that ends the reuse of an assessment: whole, and in part by what it is about.
CREATE OR REPLACE TEMP TABLE reuse_ending AS
SELECT
    a.assessment_no, a.evidence_day, e.kind, e.on_day, e.why, e.by_whom, e.assessment_no AS told_by,
    NOT getvariable('reuse_needs_grants') OR e.assessment_no IS NULL OR coalesce(s.owns, false) OR s.findings_grant IS NOT NULL
        AS is_seen
FROM reuse_aged a
JOIN reuse_event e
    ON e.facility_id = a.facility_id AND (e.on_day > a.evidence_day OR (e.same_day AND e.on_day = a.evidence_day))
LEFT JOIN reuse_seen s ON s.assessment_no = e.assessment_no
UNION ALL
SELECT w.assessment_no, w.evidence_day, 'workforce', w.on_day, k.why, NULL, NULL, w.is_seen
FROM reuse_workforce w
JOIN reuse_kind k ON k.kind = 'workforce';

CREATE OR REPLACE TEMP TABLE reuse_ended_whole AS
SELECT * FROM reuse_ending
-- (Head counts are held against one another as all of them are known.)
WHERE kind NOT IN (SELECT kind FROM reuse_kind_topic) AND NOT (kind = 'workforce' AND by_whom IS NULL AND told_by IS NULL AND is_seen)
QUALIFY row_number() OVER (PARTITION BY assessment_no, evidence_day ORDER BY on_day, kind, why, by_whom, told_by) = 1;

CREATE OR REPLACE TEMP TABLE reuse_ended_whole_seen AS
SELECT DISTINCT assessment_no, evidence_day FROM reuse_ending WHERE is_seen AND kind NOT IN (SELECT kind FROM reuse_kind_topic);

CREATE OR REPLACE TEMP TABLE reuse_ending_part AS
WITH RECURSIVE above AS (
    SELECT topic_id, topic_id AS upper_id FROM topic
    UNION
    SELECT a.topic_id, t.parent_id FROM above a JOIN topic t ON t.topic_id = a.upper_id WHERE t.parent_id IS NOT NULL
)
SELECT e.*, r.required_no
FROM reuse_ending e
JOIN reuse_kind_topic t USING (kind)
JOIN above u ON u.upper_id = t.topic_id
JOIN reuse_required r ON r.topic_id = u.topic_id;

CREATE OR REPLACE TEMP TABLE reuse_ended_part AS
SELECT * FROM reuse_ending_part
QUALIFY row_number() OVER (PARTITION BY assessment_no, evidence_day, required_no ORDER BY on_day, kind, why, by_whom, told_by) = 1;

CREATE OR REPLACE TEMP TABLE reuse_ended_part_seen AS
SELECT DISTINCT assessment_no, evidence_day, required_no FROM reuse_ending_part WHERE is_seen;

-- Days on which the law behind an indicator changed: one began to hold, or held for the last time the day before.
CREATE OR REPLACE TEMP TABLE reuse_law_day AS
SELECT l.country, r.required_no, l.valid_from AS on_day, l.law_id
FROM reuse_required r
JOIN indicator_law i USING (indicator_id)
JOIN law l USING (law_id)
WHERE l.valid_from IS NOT NULL
UNION
SELECT l.country, r.required_no, l.valid_to + 1, l.law_id
FROM reuse_required r
JOIN indicator_law i USING (indicator_id)
JOIN law l USING (law_id)
WHERE l.valid_to IS NOT NULL;

CREATE OR REPLACE TEMP TABLE reuse_law_change AS
SELECT
    country, required_no,
    max(on_day) FILTER (on_day <= getvariable('reuse_as_of')) AS last_day,
    min(on_day) FILTER (on_day > getvariable('reuse_as_of')) AS next_day
FROM reuse_law_day
GROUP BY country, required_no;
