-- What follows for whole factories: contradictions (differences to explain), and the latest answer to every indicator;
-- made anew for the factories of which anything is not as it was.
-- Reads: made_finding, made_assessment, assessment_plan, indicator_entry, crosswalk_entry, entailment, instrument_default,
--        contradiction_rule, judgement_day, release.compact.
-- Writes: answering_instrument, facility_plan, stale_facility, touched_facility, standing_assessment, asked_indicator,
--         release.contradiction, release.compact.latest. What was asked again (overlap.sql) goes with the stale factories.

-- Instruments whose exports list answers, and not findings alone.
CREATE OR REPLACE TABLE answering_instrument AS
SELECT instrument FROM instrument_default WHERE lists_answers;

CREATE OR REPLACE TABLE facility_plan AS
WITH found AS (
    SELECT
        n.assessment_id,
        sum(hash(
            n.indicator_id, n.topic_id, n.mapping_id, n.status, n.closed_on, n.due_on, n.made_from, c.predicate, c.basis,
            c.threshold, n.severity, n.severity_raw, n.finding_id, n.file_id, n.locator
        )::HUGEINT) AS digest
    FROM made_finding n
    LEFT JOIN crosswalk_entry c USING (mapping_id)
    GROUP BY n.assessment_id
)
SELECT
    a.facility_id,
    hash(string_agg(
        concat_ws(
            '|', a.assessment_id, p.signature, a.visit_id, a.assessed_on, coalesce(a.evidence_from::VARCHAR, ''),
            coalesce(a.evidence_to::VARCHAR, ''), coalesce(a.ended_on::VARCHAR, ''), a.kind, a.verified, coalesce(a.verified_of, ''), a.published,
            coalesce(a.ended_on, a.assessed_on) > (SELECT day FROM judgement_day),
            a.instrument IN (SELECT instrument FROM answering_instrument), f.digest
        ),
        chr(10) ORDER BY a.assessment_id
    )) AS signature
FROM made_assessment a
JOIN assessment_plan p USING (assessment_id)
LEFT JOIN found f USING (assessment_id)
GROUP BY a.facility_id;

CREATE OR REPLACE TABLE stale_facility AS
SELECT b.facility_no, b.facility_id
FROM release.compact.stored_facility b
LEFT JOIN facility_plan p USING (facility_id)
WHERE p.signature IS DISTINCT FROM b.signature;

CREATE OR REPLACE TABLE touched_facility AS
SELECT
    p.facility_id,
    p.signature,
    coalesce(
        b.facility_no,
        ((SELECT coalesce(max(facility_no), 0) FROM release.compact.stored_facility)
            + row_number() OVER (PARTITION BY b.facility_no IS NULL ORDER BY p.facility_id))::INTEGER
    ) AS facility_no
FROM facility_plan p
LEFT JOIN release.compact.stored_facility b USING (facility_id)
WHERE b.signature IS DISTINCT FROM p.signature;

DELETE FROM release.compact.latest WHERE facility_no IN (SELECT facility_no FROM stale_facility);
DELETE FROM release.contradiction WHERE facility_id IN (SELECT facility_id FROM stale_facility);
DELETE FROM release.overlap WHERE facility_id IN (SELECT facility_id FROM stale_facility);
DELETE FROM release.compact.stored_facility WHERE facility_no IN (SELECT facility_no FROM stale_facility);
INSERT INTO release.compact.stored_facility SELECT facility_no, facility_id, signature FROM touched_facility ORDER BY facility_no;

-- The assessments of the touched factories. Age counts from the last on-site day, for FEM from the end of the reporting
-- period. What one instrument alone reports of one visit is compared with nothing.
CREATE OR REPLACE TABLE standing_assessment AS
WITH visited AS (
    SELECT facility_id, count(DISTINCT (visit_id, instrument)) > 1 AS is_compared FROM made_assessment GROUP BY facility_id
)
SELECT
    k.assessment_no,
    m.assessment_id,
    t.facility_no,
    m.published,
    (row_number() OVER (
        PARTITION BY t.facility_no
        ORDER BY m.published DESC, coalesce(m.evidence_to, m.assessed_on) DESC NULLS LAST, m.verified DESC, m.assessment_id
    ))::INTEGER AS recency,
    v.is_compared
FROM made_assessment m
JOIN touched_facility t USING (facility_id)
JOIN release.compact.stored_assessment k USING (assessment_id)
JOIN visited v USING (facility_id);

-- What questions ask, as small numbers; and what an answer to each implies.
CREATE OR REPLACE TABLE asked_of AS
SELECT
    question_no,
    (dense_rank() OVER (ORDER BY indicator_id))::INTEGER AS indicator_no,
    (row_number() OVER (ORDER BY question_id, question_no))::INTEGER AS place,
    kind IN ('compliance', 'practice') AS must_imply,
    kind = 'compliance' AS is_compliance,
    indicator_id,
    mapping_id
FROM release.compact.question
-- What was not asked of a factory says nothing, and is no repetition.
WHERE indicator_id IS NOT NULL;

CREATE OR REPLACE TABLE implied_state AS
SELECT q.question_no, s.state, e.implied_state
FROM release.compact.question q
CROSS JOIN (SELECT unnest(enum_range(NULL::answer_state))::answer_state AS state) s
LEFT JOIN entailment e ON e.comparability = q.comparability AND e.state = s.state::VARCHAR
WHERE q.indicator_id IS NOT NULL;

CREATE OR REPLACE VIEW counting_answer AS
SELECT
    a.assessment_no, a.question_no, a.answered_by, s.assessment_id, s.facility_no, s.published, s.is_compared,
    q.indicator_no, q.indicator_id, q.mapping_id, q.must_imply, q.is_compliance, i.implied_state,
    -- The latest assessment stands; inside one, what is not met speaks for the indicator. The number tells the answer.
    (s.recency::BIGINT << 34) | ((i.implied_state IS DISTINCT FROM 'not_met')::BIGINT << 33) | (q.place::BIGINT << 1)
        | (a.answered_by = 'verifier')::BIGINT AS rank
FROM release.compact.stored_answer a
JOIN standing_assessment s USING (assessment_no)
JOIN asked_of q USING (question_no)
JOIN implied_state i ON i.question_no = a.question_no AND i.state = a.state
ANTI JOIN corrected_answer v
    ON v.assessment_no = a.assessment_no AND v.question_no = a.question_no AND v.answered_by = a.answered_by;

CREATE OR REPLACE TABLE latest_rank AS
SELECT facility_no, indicator_no, min(rank) AS rank
FROM counting_answer
-- What implies nothing of the indicator says nothing.
WHERE published AND (NOT must_imply OR implied_state IS NOT NULL)
GROUP BY facility_no, indicator_no;

INSERT INTO release.compact.latest
SELECT
    c.facility_no, c.question_no, c.assessment_no, c.answered_by, a.state, a.verification,
    nullif(coalesce(r.value_text, v.raw_value, a.rare_value), '') AS value_text,
    a.value_number,
    CASE
        WHEN NOT q.asks_quantity OR a.state <> 'informational' THEN NULL
        WHEN q.is_measured THEN u.unit
        WHEN a.value_number IS NOT NULL THEN q.plain_unit
    END AS unit
FROM (
    SELECT
        l.facility_no, s.assessment_no, q.question_no,
        CASE WHEN l.rank & 1 = 1 THEN 'verifier' ELSE 'facility' END::answered_by AS answered_by
    FROM latest_rank l
    JOIN standing_assessment s ON s.facility_no = l.facility_no AND s.recency = (l.rank >> 34)::INTEGER
    JOIN asked_of q ON q.place = ((l.rank >> 1) & 4294967295)::INTEGER
) c
-- (Their assessments are said again, so that blocks without them are not read.)
JOIN (
    SELECT * FROM release.compact.stored_answer SEMI JOIN standing_assessment USING (assessment_no)
) a USING (assessment_no, question_no, answered_by)
JOIN release.compact.question q USING (question_no)
JOIN release.compact.stated_text v USING (text_no)
JOIN release.compact.raw_unit u USING (raw_unit_no)
JOIN release.compact.remark r USING (remark_no)
-- By question: one indicator at many factories is what is asked most; one factory is found by its number anyway.
ORDER BY c.question_no, c.facility_no;

CREATE OR REPLACE TABLE asked_indicator AS
WITH said AS (
    SELECT assessment_id, indicator_id, mapping_id, implied_state, rank, NULL AS finding_id
    FROM counting_answer
    WHERE is_compared AND is_compliance
    UNION ALL
    -- A finding row is an answer that is not met.
    SELECT n.assessment_id, n.indicator_id, n.mapping_id, e.implied_state, NULL, n.finding_id
    FROM made_finding n
    JOIN standing_assessment s ON s.assessment_id = n.assessment_id AND s.is_compared
    JOIN crosswalk_entry c USING (mapping_id)
    LEFT JOIN entailment e ON e.comparability = c.predicate AND e.state = 'not_met'
    -- (What a follow-up prints as closed checks an old finding: it was not found again.)
    ANTI JOIN (SELECT assessment_id, 'closed' AS status FROM made_assessment WHERE follow_up_of IS NOT NULL) f
        ON f.assessment_id = n.assessment_id AND f.status = n.status
    WHERE n.made_from = 'row' AND n.indicator_id IS NOT NULL
)
SELECT
    s.assessment_id,
    s.indicator_id,
    c.basis,
    -- Another threshold is another question.
    c.threshold,
    CASE
        WHEN bool_or(s.implied_state = 'not_met') THEN 'not_met'
        WHEN bool_or(s.implied_state = 'met') AND NOT coalesce(bool_or(s.implied_state = 'partly_met'), false) THEN 'met'
    END AS implied_state,
    -- The answer that speaks for it (inside one, what is not met), or the finding.
    min(s.rank) FILTER (s.implied_state IS NOT NULL) AS rank,
    min(s.finding_id) AS finding_id
FROM said s
JOIN crosswalk_entry c USING (mapping_id)
GROUP BY s.assessment_id, s.indicator_id, c.basis, c.threshold;

-- Pairs of assessments that say the contrary: of one basis and threshold, of two visits, about the same months.
CREATE OR REPLACE TABLE contrary AS
WITH stated AS (
    SELECT
        k.*, a.facility_id, a.visit_id, a.assessed_on, a.instrument, a.verified_of,
        a.evidence_to IS NOT NULL AS states_evidence,
        -- Where an assessment does not state which months it saw, it is held to have seen those before it.
        coalesce(a.evidence_from, a.assessed_on - r.evidence_days) AS seen_from,
        coalesce(a.evidence_to, a.assessed_on) AS seen_to
    FROM asked_indicator k
    JOIN made_assessment a USING (assessment_id)
    JOIN indicator_entry i USING (indicator_id)
    CROSS JOIN contradiction_rule r
    WHERE i.kind = 'compliance' AND k.implied_state IS NOT NULL AND a.assessed_on IS NOT NULL
),
-- (Most indicators are answered one way: only where two states stand, they are laid beside each other.)
disputed AS (
    SELECT s.*
    FROM stated s
    SEMI JOIN (
        SELECT facility_id, indicator_id FROM stated GROUP BY ALL HAVING min(implied_state) <> max(implied_state)
    ) USING (facility_id, indicator_id)
)
SELECT
    x.facility_id, x.indicator_id, x.basis, coalesce(x.threshold, y.threshold) AS threshold,
    x.assessment_id AS assessment_a, x.implied_state AS state_a, x.rank AS rank_a, x.finding_id AS finding_a,
    x.instrument AS instrument_a, x.assessed_on AS day_a,
    y.assessment_id AS assessment_b, y.implied_state AS state_b, y.rank AS rank_b, y.finding_id AS finding_b,
    y.assessed_on AS day_b, date_diff('day', x.assessed_on, y.assessed_on) AS days_apart
FROM disputed x
JOIN disputed y
    ON y.facility_id = x.facility_id AND y.indicator_id = x.indicator_id AND y.basis IS NOT DISTINCT FROM x.basis
    AND (x.threshold IS NULL OR y.threshold IS NULL OR x.threshold = y.threshold)
    -- (Two instruments that say the contrary of one visit are a difference to explain as well.)
    AND (y.visit_id <> x.visit_id OR y.instrument <> x.instrument) AND y.implied_state <> x.implied_state
    AND (x.assessed_on, x.assessment_id) < (y.assessed_on, y.assessment_id)
    AND x.assessment_id IS DISTINCT FROM y.verified_of AND y.assessment_id IS DISTINCT FROM x.verified_of
    AND x.seen_from <= y.seen_to AND y.seen_from <= x.seen_to
    -- Two cycles of one instrument that state no period are a change in time.
    AND (x.instrument <> y.instrument OR (x.states_evidence AND y.states_evidence))
-- Of several thresholds that a pair shares one tells.
QUALIFY row_number() OVER (
    PARTITION BY x.assessment_id, y.assessment_id, x.indicator_id, x.implied_state, y.implied_state
    ORDER BY x.threshold IS NULL, y.threshold IS NULL, x.basis, x.threshold, y.threshold
) = 1;

-- An action closed in between explains the change: of the finding itself, or as a later visit of the same instrument saw it.
CREATE OR REPLACE TABLE explained AS
SELECT DISTINCT c.indicator_id, c.assessment_a, c.assessment_b
FROM contrary c
JOIN made_assessment f ON f.facility_id = c.facility_id AND f.instrument = c.instrument_a
JOIN made_finding n ON n.assessment_id = f.assessment_id AND n.indicator_id = c.indicator_id AND n.status = 'closed'
WHERE c.state_a = 'not_met'
    AND CASE
        WHEN f.assessment_id = c.assessment_a THEN coalesce(n.closed_on, n.due_on, c.day_b) <= c.day_b
        ELSE f.assessed_on > c.day_a AND f.assessed_on <= c.day_b AND coalesce(n.closed_on, f.assessed_on) <= c.day_b
    END;

-- The words on both sides, and how they are known.
CREATE OR REPLACE TABLE contrary_side AS
WITH sided AS (
    SELECT assessment_a AS assessment_id, indicator_id, rank_a AS rank, finding_a AS finding_id FROM contrary
    UNION
    SELECT assessment_b, indicator_id, rank_b, finding_b FROM contrary
),
answering AS (
    SELECT
        s.*, k.assessment_no, q.question_no,
        CASE WHEN s.rank & 1 = 1 THEN 'verifier' ELSE 'facility' END::answered_by AS answered_by
    FROM sided s
    JOIN standing_assessment k USING (assessment_id)
    JOIN asked_of q ON q.place = ((s.rank >> 1) & 4294967295)::INTEGER
    WHERE s.rank IS NOT NULL
)
SELECT
    s.assessment_id, s.indicator_id, s.rank, s.finding_id, q.question_id, q.comparability,
    concat_ws(' ', coalesce(v.raw_value, a.rare_value), u.raw_unit) AS said, a.verification::VARCHAR AS verification,
    d.file_id, p.prefix || coalesce(a.row_no::VARCHAR, '') || p.suffix AS locator
FROM answering s
JOIN (
    SELECT * FROM release.compact.stored_answer SEMI JOIN answering USING (assessment_no)
) a USING (assessment_no, question_no, answered_by)
JOIN release.compact.question q USING (question_no)
JOIN release.compact.stated_text v USING (text_no)
JOIN release.compact.raw_unit u USING (raw_unit_no)
JOIN release.compact.delivery d USING (delivery_no)
JOIN release.compact.place p USING (place_no)
UNION ALL
SELECT
    s.assessment_id, s.indicator_id, s.rank, s.finding_id, n.clause_raw, c.predicate,
    concat_ws(': ', n.severity_raw, n.description), i.verification::VARCHAR, n.file_id, n.locator
FROM sided s
JOIN made_finding n USING (finding_id)
JOIN made_assessment m ON m.assessment_id = s.assessment_id
JOIN crosswalk_entry c USING (mapping_id)
LEFT JOIN instrument_default i ON i.instrument = m.instrument
WHERE s.rank IS NULL;

INSERT INTO release.contradiction BY NAME
WITH grave AS (
    SELECT
        assessment_id, indicator_id, arg_min(severity, place) AS severity, arg_min(severity_raw, place) AS severity_raw
    FROM (
        SELECT
            *, list_position(['zero_tolerance', 'critical', 'major', 'minor', 'observation'], severity) AS place
        FROM made_finding
        WHERE severity IS NOT NULL AND indicator_id IS NOT NULL
    )
    GROUP BY assessment_id, indicator_id
)
SELECT
    c.facility_id, c.indicator_id, c.assessment_a, c.state_a, c.assessment_b, c.state_b, c.days_apart, c.basis, c.threshold,
    g.severity, g.severity_raw,
    x.question_id AS question_a, x.comparability AS comparability_a, x.said AS said_a, x.verification AS verification_a,
    x.file_id AS file_a, x.locator AS locator_a,
    y.question_id AS question_b, y.comparability AS comparability_b, y.said AS said_b, y.verification AS verification_b,
    y.file_id AS file_b, y.locator AS locator_b
FROM contrary c
ANTI JOIN explained e USING (indicator_id, assessment_a, assessment_b)
LEFT JOIN grave g
    ON g.indicator_id = c.indicator_id
    AND g.assessment_id = CASE WHEN c.state_a = 'not_met' THEN c.assessment_a ELSE c.assessment_b END
LEFT JOIN contrary_side x
    ON x.assessment_id = c.assessment_a AND x.indicator_id = c.indicator_id AND x.rank IS NOT DISTINCT FROM c.rank_a
    AND x.finding_id IS NOT DISTINCT FROM c.finding_a
LEFT JOIN contrary_side y
    ON y.assessment_id = c.assessment_b AND y.indicator_id = c.indicator_id AND y.rank IS NOT DISTINCT FROM c.rank_b
    AND y.finding_id IS NOT DISTINCT FROM c.finding_b
ORDER BY c.facility_id, c.indicator_id, c.assessment_a, c.assessment_b, c.state_a;
