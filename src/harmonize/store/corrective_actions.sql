-- One corrective action plan per factory, as of a day: what was found by whom, one line per matter, what may close it,
-- and its history. `factory` is a facility_id, or NULL for all. Of a `day` only what had been assessed by then counts;
-- NULL is the release's own day, of which all of it counts. So are the views.

-- Assessments that count on a day. `evidence_day` is the last on-site day, for FEM the end of the reporting period; a
-- self-assessment and what verifies it are one round.
CREATE OR REPLACE MACRO compact.assessment_on(day, factory) AS TABLE
WITH delivered AS (
    SELECT
        assessment_id,
        list_sort(list(DISTINCT contributor)) AS contributors,
        min(received_at) AS first_received,
        min(received_at) FILTER (wins) AS stated_on
    FROM assessment_copy
    GROUP BY assessment_id
),
standing AS (
    SELECT s.*, d.contributors, d.stated_on, coalesce(s.evidence_to, s.assessed_on) AS evidence_day
    FROM assessment s
    JOIN delivered d USING (assessment_id)
    WHERE s.published AND (factory IS NULL OR s.facility_id = factory)
        AND (day IS NULL OR coalesce(s.assessed_on, d.first_received, day) <= day)
),
verifying AS (
    SELECT verified_of, min(visit_id) AS visit_id FROM standing WHERE verified_of IS NOT NULL GROUP BY verified_of
)
SELECT s.*, coalesce(v.visit_id, s.visit_id) AS round_id
FROM standing s
LEFT JOIN verifying v ON v.verified_of = s.assessment_id;

-- How strongly something was verified; what was accepted unseen counts as not verified.
CREATE OR REPLACE MACRO compact.verification_rank(verification) AS
    CASE verification WHEN 'onsite' THEN 3 WHEN 'virtual' THEN 2 WHEN 'desk' THEN 1 ELSE 0 END;

-- What one report says otherwise to another receiver of a question or of a finding: what stands (a), and the other copy's (b).
-- A finding that one of the two leaves out has no value there.
CREATE OR REPLACE VIEW compact.receiver_difference AS
SELECT
    d.facility_id, d.assessment_id, d.question_id, d.version, d.copy_a, d.contributor_a, d.value_a, d.locator_a, d.copy_b,
    d.contributor_b, d.value_b, d.locator_b, a.state::VARCHAR AS state_a, o.state::VARCHAR AS state_b,
    compact.verification_rank(o.verification::VARCHAR) AS verified_rank, r.description, NULL AS finding_id, q.mapping_id,
    q.indicator_id, q.comparability
FROM report_difference d
JOIN compact.stored_assessment s USING (assessment_id)
JOIN compact.otherwise_answer o ON o.assessment_no = s.assessment_no AND o.question_id = d.question_id
JOIN compact.place p
    ON p.place_no = o.place_no AND p.prefix || coalesce(o.row_no::VARCHAR, '') || p.suffix = d.locator_b
JOIN compact.question q ON q.question_no = o.question_no
JOIN compact.remark r ON r.remark_no = o.remark_no
JOIN compact.stored_answer a ON a.assessment_no = o.assessment_no AND a.question_no = o.question_no
-- (Each side is held against the same side, where there is one.)
QUALIFY row_number() OVER (
    PARTITION BY d.copy_a, d.copy_b, d.question_id, d.value_b, o.answered_by ORDER BY a.answered_by = o.answered_by DESC
) = 1
UNION ALL
SELECT
    d.facility_id, d.assessment_id, d.question_id, d.version, d.copy_a, d.contributor_a, d.value_a, d.locator_a, d.copy_b,
    d.contributor_b, d.value_b, d.locator_b, NULL, NULL, NULL, n.description, n.finding_id, n.mapping_id, n.indicator_id, NULL
FROM report_difference d
JOIN finding n
    ON n.assessment_id = d.assessment_id AND d.question_id = 'finding ' || coalesce(n.native_id, n.clause_raw, '')
    AND concat_ws(': ', n.clause_raw, n.description) = coalesce(d.value_a, d.value_b)
WHERE d.value_a IS NULL OR d.value_b IS NULL;

-- A finding that a follow-up prints as closed is the closing check of the likest one of those that it follows up: no finding
-- of its own.
CREATE OR REPLACE VIEW compact.closing_check AS
SELECT
    y.finding_id, o.finding_id AS closes_id, coalesce(t.ended_on, t.assessed_on) AS checked_on,
    compact.closing_fit(
        y.clause_raw, o.clause_raw, y.indicator_id, o.indicator_id, y.native_id, o.native_id, y.description, o.description
    ) AS fit
FROM finding y
JOIN assessment t ON t.assessment_id = y.assessment_id AND t.published
JOIN assessment p ON p.assessment_id = t.follow_up_of AND p.published
JOIN finding o ON o.assessment_id = p.assessment_id
WHERE y.status = 'closed'
    AND fit IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY y.finding_id ORDER BY fit DESC, o.finding_id) = 1;

-- Every finding of a plan, and every action of an improvement plan that no finding is certain to be meant by. A finding of
-- an indicator that is no compliance (missing maturity) makes no line. A source without a stated status is open.
CREATE OR REPLACE MACRO corrective_action_source_on(day, factory) AS TABLE
WITH answered AS (
    SELECT assessment_id, question_id, max(compact.verification_rank(verification)) AS verified
    FROM compact.classified_answer
    WHERE state = 'not_met' AND (factory IS NULL OR facility_id = factory)
    GROUP BY assessment_id, question_id
),
acted AS (
    SELECT
        finding_id,
        list_sort(list(DISTINCT action) FILTER (action IS NOT NULL)) AS actions,
        list_sort(list(DISTINCT responsible) FILTER (responsible IS NOT NULL)) AS responsible,
        min(due_on) FILTER (status IS DISTINCT FROM 'closed') AS due_on
    FROM corrective_action
    WHERE finding_id IS NOT NULL
    GROUP BY finding_id
),
-- What the same report says otherwise of a finding to another receiver.
differing AS (
    SELECT
        c.assessment_id, c.question_id,
        list_sort(list(DISTINCT c.value_raw) FILTER (contains(c.reason, ' severity '))) AS severity,
        list_sort(list(DISTINCT c.value_raw) FILTER (contains(c.reason, ' status '))) AS status,
        list_sort(list(DISTINCT c.value_raw) FILTER (contains(c.reason, ' due date '))) AS due_on
    FROM conflict c
    JOIN report_difference d
        ON d.assessment_id = c.assessment_id AND d.question_id = c.question_id AND d.copy_a = c.winning_copy_id
        AND d.copy_b = c.copy_id AND d.value_b = c.value_raw
    JOIN assessment_copy k ON k.copy_id = c.copy_id
    WHERE day IS NULL OR coalesce(k.received_at, day) <= day
    GROUP BY c.assessment_id, c.question_id
),
-- The answer of a finding as another receiver was given it; of a finding row, that it was left out ('').
elsewhere AS (
    SELECT n.finding_id, list_sort(list(DISTINCT coalesce(d.value_b, ''))) AS said
    FROM finding n
    JOIN compact.receiver_difference d
        ON d.assessment_id = n.assessment_id AND d.question_id = n.clause_raw AND d.state_a = 'not_met' AND d.state_b <> 'not_met'
    JOIN assessment_copy k ON k.copy_id = d.copy_b
    WHERE n.made_from = 'answer' AND (day IS NULL OR coalesce(k.received_at, day) <= day)
    GROUP BY n.finding_id
    UNION ALL
    SELECT d.finding_id, ['']
    FROM compact.receiver_difference d
    JOIN assessment_copy k ON k.copy_id = d.copy_b
    WHERE d.finding_id IS NOT NULL AND (day IS NULL OR coalesce(k.received_at, day) <= day)
    GROUP BY d.finding_id
),
found AS (
    SELECT
        s.facility_id,
        CASE
            WHEN n.indicator_id IS NOT NULL THEN 'indicator|' || n.indicator_id
            -- Clauses change their meaning between editions.
            WHEN n.clause_raw IS NOT NULL
                THEN concat_ws('|', 'clause', s.instrument, coalesce(s.edition, ''), lower(trim(n.clause_raw)))
            ELSE 'finding|' || n.finding_id
        END AS matter,
        n.finding_id AS source_id, n.finding_id, s.assessment_id, s.instrument, s.edition, s.kind AS assessment_kind,
        s.assessment_type, s.assessed_on, s.ended_on, s.evidence_day, s.visit_id, s.round_id, s.contributors, s.assessor,
        n.indicator_id, n.topic_id, n.clause_raw, n.native_id, n.mapping_id, c.predicate AS comparability, c.basis, c.threshold,
        CASE
            WHEN n.made_from = 'answer' THEN coalesce(a.verified, 0)
            WHEN regexp_matches(lower(coalesce(s.assessment_type, '')), 'virtual|remote') THEN 2
            WHEN regexp_matches(lower(coalesce(s.assessment_type, '')), 'desk') THEN 1
            WHEN s.verified OR s.kind IN ('audit', 'inspection') THEN 3
            ELSE 0
        END AS verified_rank,
        n.severity::VARCHAR AS severity, n.severity_raw,
        CASE WHEN n.status = 'closed' AND day IS NOT NULL AND n.closed_on > day THEN 'open' ELSE n.status::VARCHAR END AS status,
        n.status_raw,
        -- (`least` passes over what is not stated.)
        CASE WHEN n.status = 'closed' THEN n.due_on ELSE least(n.due_on, x.due_on) END AS due_on,
        CASE WHEN day IS NULL OR n.closed_on <= day THEN n.closed_on END AS closed_on,
        s.stated_on,
        n.description, n.root_cause, n.legal_reference, coalesce(x.actions, []) AS actions,
        coalesce(x.responsible, []) AS responsible, k.closes_id,
        d.severity AS severity_elsewhere, d.status AS status_elsewhere, d.due_on AS due_elsewhere, e.said AS said_elsewhere,
        false AS is_differing,
        -- Where a question asks only a part of an indicator, two findings are surely of one part in the same words alone.
        CASE WHEN n.indicator_id IS NULL OR c.predicate IN ('exact', 'close') THEN ''
            ELSE concat_ws('|', s.instrument, lower(trim(coalesce(n.clause_raw, ''))), lower(trim(coalesce(n.description, ''))))
        END AS part,
        n.file_id, n.locator
    FROM finding n
    JOIN compact.assessment_on(day, factory) s USING (assessment_id)
    LEFT JOIN indicator i USING (indicator_id)
    LEFT JOIN crosswalk c USING (mapping_id)
    LEFT JOIN answered a ON a.assessment_id = n.assessment_id AND a.question_id = n.clause_raw
    LEFT JOIN acted x USING (finding_id)
    LEFT JOIN compact.closing_check k USING (finding_id)
    LEFT JOIN differing d
        ON d.assessment_id = n.assessment_id AND d.question_id = 'finding ' || coalesce(n.native_id, n.clause_raw, '')
    LEFT JOIN elsewhere e ON e.finding_id = n.finding_id
    WHERE i.kind IS NULL OR i.kind = 'compliance'
    UNION ALL BY NAME
    -- What one receiver was told is not met, and another that it is: listed, counted as open or closed by nobody.
    SELECT
        s.facility_id,
        CASE WHEN m.implied_state = 'not_met' THEN 'indicator|' || d.indicator_id
            ELSE concat_ws('|', 'clause', s.instrument, coalesce(s.edition, ''), lower(trim(d.question_id)))
        END AS matter,
        'HX' || upper(substr(sha256(d.assessment_id || '|' || d.copy_b || '|' || d.question_id), 1, 16)) AS source_id,
        s.assessment_id, s.instrument, s.edition, s.kind AS assessment_kind, s.assessment_type, s.assessed_on, s.ended_on,
        s.evidence_day, s.visit_id, s.round_id, [d.contributor_b] AS contributors, s.assessor,
        CASE WHEN m.implied_state = 'not_met' THEN d.indicator_id END AS indicator_id, i.topic_id,
        d.question_id AS clause_raw, d.mapping_id, c.predicate AS comparability, c.basis, c.threshold, d.verified_rank,
        'differs_between_receivers' AS status, d.value_b AS status_raw, k.received_at AS stated_on, d.description, [] AS actions,
        [] AS responsible, [d.value_a] AS said_elsewhere, true AS is_differing, '' AS part, k.file_id, d.locator_b AS locator
    FROM compact.receiver_difference d
    JOIN compact.assessment_on(day, factory) s USING (assessment_id)
    JOIN indicator i ON i.indicator_id = d.indicator_id AND i.kind = 'compliance'
    JOIN assessment_copy k ON k.copy_id = d.copy_b
    LEFT JOIN entailment m ON m.comparability = d.comparability AND m.state = 'not_met'
    LEFT JOIN crosswalk c ON c.mapping_id = d.mapping_id
    WHERE d.state_b = 'not_met' AND d.state_a <> 'not_met' AND (day IS NULL OR coalesce(k.received_at, day) <= day)
    UNION ALL BY NAME
    SELECT
        x.facility_id, concat_ws('|', 'plan', f.instrument, lower(trim(coalesce(x.issue_raw, x.action_id)))) AS matter,
        x.action_id AS source_id, f.instrument, f.edition, [coalesce(f.contributor, 'granted')] AS contributors, 0 AS verified_rank,
        x.status::VARCHAR AS status, x.status_raw, x.due_on, f.received_at AS stated_on, false AS is_differing,
        x.issue_raw AS description,
        CASE WHEN x.action IS NULL THEN [] ELSE [x.action] END AS actions,
        CASE WHEN x.responsible IS NULL THEN [] ELSE [x.responsible] END AS responsible, x.file_id, x.locator
    FROM corrective_action x
    LEFT JOIN file f USING (file_id)
    WHERE x.finding_id IS NULL AND x.facility_id IS NOT NULL AND (factory IS NULL OR x.facility_id = factory)
        AND (day IS NULL OR coalesce(f.received_at, day) <= day)
)
SELECT
    'HL' || upper(substr(sha256(facility_id || '|' || matter), 1, 16)) AS line_id,
    f.* EXCLUDE (verified_rank),
    CASE verified_rank WHEN 3 THEN 'onsite' WHEN 2 THEN 'virtual' WHEN 1 THEN 'desk' ELSE 'none' END AS verification,
    coalesce(assessment_kind, '') IN ('self', 'self_inspection') AS is_self_stated,
    assessment_id IS NOT NULL AND NOT is_differing AND NOT is_self_stated AS is_visit,
    status IS DISTINCT FROM 'closed' AND NOT is_differing AS is_open,
    status IS DISTINCT FROM 'closed' AND NOT is_differing AND coalesce(
        status = 'overdue' OR due_on < coalesce(day, (SELECT max(as_of) FROM release)), false
    ) AS is_overdue,
    p.path
FROM found f
-- (What was granted has no file here.)
LEFT JOIN (SELECT file_id, path FROM file) p USING (file_id);

-- What a later assessment says of an open finding. A proposal (`is_proposed`) is for the one who may accept it; nothing is
-- closed by it. The others are remarks: weak, and no evidence of closing. Nothing is proposed where the same was found on
-- that day or later (`is_superseded`): of one question, by that question.
CREATE OR REPLACE MACRO compact.closing_said_on(day, factory) AS TABLE
WITH source AS (
    SELECT * FROM corrective_action_source_on(day, factory)
),
standing AS (
    SELECT * FROM compact.assessment_on(day, factory) WHERE evidence_day IS NOT NULL
),
-- Where the wider is met the narrower is.
met_by AS (
    SELECT indicator_id, indicator_id AS answered_id, 0 AS steps FROM indicator WHERE kind = 'compliance'
    UNION ALL
    SELECT indicator_id, broader_id, steps FROM indicator_broader
),
said AS (
    SELECT
        a.assessment_id, a.facility_id, a.indicator_id, a.question_id, a.mapping_id, a.comparability,
        a.state::VARCHAR AS state, a.verification::VARCHAR AS verification, a.file_id, a.locator
    FROM compact.numbered_answer a
    WHERE (factory IS NULL OR a.facility_id = factory) AND a.state IN ('met', 'partly_met', 'not_met') AND (
        a.indicator_id IN (SELECT m.answered_id FROM met_by m JOIN source s USING (indicator_id) WHERE s.is_open)
        OR a.mapping_id IN (SELECT mapping_id FROM source WHERE is_open)
    )
    -- What its verifier corrected the factory no longer says.
    QUALIFY a.answered_by = 'verifier'
        OR NOT bool_or(a.answered_by = 'verifier') OVER (PARTITION BY a.assessment_id, a.question_id)
),
-- An indicator is met in an assessment where something there says so and nothing otherwise.
met AS (
    SELECT a.*, c.basis, c.threshold
    FROM said a
    JOIN entailment e ON e.comparability = a.comparability AND e.state = a.state
    LEFT JOIN crosswalk c USING (mapping_id)
    WHERE e.implied_state IN ('met', 'partly_met', 'not_met')
    QUALIFY NOT bool_or(e.implied_state <> 'met') OVER (PARTITION BY a.assessment_id, a.indicator_id)
        AND row_number() OVER (
            PARTITION BY a.assessment_id, a.indicator_id, c.basis
            ORDER BY compact.verification_rank(a.verification) DESC, a.question_id
        ) = 1
),
answered AS (
    SELECT
        s.source_id, s.line_id, t.assessment_id AS by_assessment,
        CASE
            WHEN compact.verification_rank(m.verification) < compact.verification_rank(s.verification)
                THEN 'met_less_verified'
            WHEN s.threshold <> m.threshold THEN 'met_at_other_threshold'
            WHEN s.basis <> m.basis THEN 'met_on_other_basis'
            ELSE 'met_later'
        END AS kind,
        m.question_id, m.indicator_id AS answered_indicator_id, b.steps, m.state, m.comparability, m.verification, m.basis,
        m.file_id, m.locator
    FROM source s
    JOIN met_by b USING (indicator_id)
    JOIN met m ON m.indicator_id = b.answered_id
    JOIN standing t ON t.assessment_id = m.assessment_id AND t.facility_id = s.facility_id
    WHERE s.is_open AND t.assessment_id <> s.assessment_id
        AND (t.evidence_day > s.evidence_day AND t.round_id <> s.round_id OR t.verified_of = s.assessment_id)
),
-- The question of the finding itself, met when it was asked again, whatever that says of the indicator.
asked_again AS (
    SELECT
        s.source_id, s.line_id, t.assessment_id AS by_assessment,
        CASE
            WHEN compact.verification_rank(a.verification) < compact.verification_rank(s.verification)
                THEN 'met_less_verified'
            ELSE 'same_question_met'
        END AS kind,
        a.question_id, a.indicator_id AS answered_indicator_id, 0 AS steps, a.state, a.comparability, a.verification,
        s.basis, a.file_id, a.locator
    FROM source s
    JOIN (
        SELECT * FROM said
        QUALIFY NOT bool_or(state <> 'met') OVER (PARTITION BY assessment_id, mapping_id)
            AND row_number() OVER (PARTITION BY assessment_id, mapping_id ORDER BY question_id) = 1
    ) a ON a.facility_id = s.facility_id AND a.mapping_id = s.mapping_id
    JOIN standing t ON t.assessment_id = a.assessment_id
    WHERE s.is_open AND s.comparability NOT IN ('exact', 'close') AND t.assessment_id <> s.assessment_id
        AND (t.evidence_day > s.evidence_day AND t.round_id <> s.round_id OR t.verified_of = s.assessment_id)
),
followed AS (
    -- A follow-up that prints the same finding as closed; or that does not list the matter any more.
    SELECT
        source_id, line_id, by_assessment,
        CASE WHEN bool_or(is_same) THEN 'closed_in_follow_up' ELSE 'not_listed_in_follow_up' END AS kind,
        any_value(clause_raw) FILTER (is_same) AS question_id, any_value(verification) FILTER (is_same) AS verification,
        any_value(basis) FILTER (is_same) AS basis, any_value(file_id) FILTER (is_same) AS file_id,
        any_value(locator) FILTER (is_same) AS locator
    FROM (
        SELECT
            s.source_id, s.line_id, t.assessment_id AS by_assessment, y.clause_raw, y.verification, y.basis, y.file_id,
            y.locator, y.is_open, y.source_id IS NOT NULL AS is_listed,
            y.source_id IS NOT NULL AND (
                y.closes_id IS NOT DISTINCT FROM s.source_id
                OR y.clause_raw IS NOT DISTINCT FROM s.clause_raw
                AND (y.native_id IS NULL OR s.native_id IS NULL OR y.native_id = s.native_id)
            ) AS is_same
        FROM source s
        JOIN standing t ON t.follow_up_of = s.assessment_id
        LEFT JOIN source y ON y.assessment_id = t.assessment_id AND y.line_id = s.line_id
        WHERE s.is_open
    )
    GROUP BY source_id, line_id, by_assessment
    HAVING NOT coalesce(bool_or(is_same AND is_open), false) AND (bool_or(is_same) OR NOT bool_or(is_listed))
),
scoped AS (
    -- In scope of a later list of findings, and nothing found: weak, never met. A follow-up checks what is open, and a rating
    -- that restates another instrument's looks at nothing: their silence says nothing.
    SELECT s.source_id, s.line_id, t.assessment_id AS by_assessment, 'in_scope_no_finding' AS kind
    FROM source s
    JOIN topic o USING (topic_id)
    JOIN standing t ON t.facility_id = s.facility_id AND t.evidence_day > s.evidence_day
    JOIN assessment_scope c
        ON c.assessment_id = t.assessment_id AND c.scope = 'in' AND c.topic_id IN (o.topic_id, o.pillar)
    WHERE s.is_open AND t.kind IN ('audit', 'inspection')
        AND t.assessment_id NOT IN (SELECT assessment_id FROM compact.follow_up)
        AND t.assessment_id NOT IN (SELECT assessment_id FROM assessment_relation WHERE kind = 'rating_derived_from')
        AND t.instrument NOT IN (SELECT instrument FROM compact.stored_assessment WHERE answers > 0)
        AND NOT EXISTS (FROM finding n WHERE n.assessment_id = t.assessment_id AND n.topic_id = s.topic_id)
    QUALIFY row_number() OVER (PARTITION BY s.source_id ORDER BY t.evidence_day DESC, t.assessment_id) = 1
),
proposed AS (
    SELECT * FROM answered
    UNION ALL BY NAME
    SELECT * FROM asked_again
    UNION ALL BY NAME
    SELECT * FROM followed
    UNION ALL BY NAME
    SELECT * FROM scoped
)
SELECT
    s.facility_id, s.line_id, s.finding_id, s.instrument AS found_by, s.assessed_on AS found_on, s.severity_raw,
    s.clause_raw,
    p.kind IN ('met_later', 'met_on_other_basis', 'same_question_met', 'closed_in_follow_up') AS is_proposed, p.kind,
    t.instrument AS said_by, t.edition AS said_by_edition, t.assessment_id, t.assessed_on AS said_on, t.evidence_day,
    coalesce(p.verification, CASE WHEN t.verified OR t.kind IN ('audit', 'inspection') THEN 'onsite' ELSE 'none' END)
        AS verification,
    s.verification AS finding_verification, p.basis, s.basis AS finding_basis, p.question_id, p.state, p.comparability,
    p.answered_indicator_id, p.steps, date_diff('day', s.evidence_day, t.evidence_day) AS days_later,
    -- Seen in the same months: perhaps nothing was mended, and one of the two is wrong.
    c.facility_id IS NOT NULL AS is_contradiction, r.who_may_grant AS accepted_by, s.contributors AS raised_by, p.file_id, p.locator,
    p.kind IN ('met_later', 'met_on_other_basis', 'same_question_met', 'closed_in_follow_up') AND EXISTS (
        FROM source y
        WHERE y.line_id = s.line_id AND y.source_id <> s.source_id AND y.is_open AND y.evidence_day >= t.evidence_day
            AND y.assessment_id IS DISTINCT FROM t.verified_of
            AND (p.kind <> 'same_question_met' OR y.mapping_id = s.mapping_id)
    ) AS is_superseded
FROM proposed p
JOIN source s USING (source_id, line_id)
JOIN standing t ON t.assessment_id = p.by_assessment
LEFT JOIN instrument_rights r ON r.instrument = s.instrument
LEFT JOIN contradiction c
    ON c.facility_id = s.facility_id AND c.indicator_id = s.indicator_id AND c.assessment_a = s.assessment_id
    AND c.assessment_b = t.assessment_id
-- (A report that tells another receiver that it is not met says nothing of it.)
WHERE NOT EXISTS (FROM source y WHERE y.line_id = s.line_id AND y.is_differing AND y.assessment_id = t.assessment_id);

CREATE OR REPLACE MACRO proposed_closing_on(day, factory) AS TABLE
SELECT * EXCLUDE (is_superseded) FROM compact.closing_said_on(day, factory) WHERE NOT is_superseded;

-- The lines of a plan. Open while any source is; overdue where one says so or its day has passed; in progress where one is.
-- Found on several visits it was carried over, or it recurred: found again after a source had been closed, or after a visit
-- between them had assessed it as met on site. A closing check finds nothing, and what a factory states itself is no visit.
-- What a report tells receivers otherwise is neither open nor closed.
CREATE OR REPLACE MACRO corrective_action_plan_on(day, factory) AS TABLE
WITH source AS (
    SELECT * FROM corrective_action_source_on(day, factory)
),
said AS (
    SELECT * FROM compact.closing_said_on(day, factory)
),
closing AS (
    SELECT line_id, count(DISTINCT finding_id) AS proposed_closings
    FROM said
    WHERE is_proposed AND NOT is_superseded
    GROUP BY line_id
),
met_between AS (
    SELECT c.line_id, max(c.evidence_day) AS met_on
    FROM said c
    JOIN source y ON y.line_id = c.line_id AND y.evidence_day > c.evidence_day
    WHERE c.kind IN ('met_later', 'same_question_met') AND c.verification = 'onsite' AND y.is_visit AND y.closes_id IS NULL
    GROUP BY c.line_id
),
recurred AS (
    SELECT DISTINCT x.line_id
    FROM source x
    JOIN source y ON y.line_id = x.line_id AND y.round_id <> x.round_id AND y.evidence_day > x.evidence_day
        AND y.part = x.part
    WHERE NOT x.is_open AND NOT x.is_differing AND y.is_visit AND y.closes_id IS NULL AND coalesce(
        x.closed_on, CASE WHEN x.closes_id IS NULL THEN x.due_on END, y.evidence_day
    ) <= y.evidence_day
),
same_again AS (
    SELECT line_id
    FROM source
    WHERE closes_id IS NULL AND is_visit
    GROUP BY line_id, part
    HAVING count(DISTINCT round_id) > 1
),
line AS (
    SELECT
        line_id, facility_id, matter, any_value(indicator_id) AS indicator_id, min(topic_id) AS topic_id,
        CASE
            WHEN NOT bool_or(is_open) AND bool_or(is_differing) THEN 'differs_between_receivers'
            WHEN NOT bool_or(is_open) THEN 'closed'
            WHEN bool_or(is_overdue) THEN 'overdue'
            WHEN bool_or(is_open AND status = 'in_progress') THEN 'in_progress'
            ELSE 'open'
        END AS status,
        min(due_on) FILTER (is_open) AS due_on,
        coalesce(bool_or(severity = 'zero_tolerance') FILTER (is_open), false) AS zero_tolerance,
        -- Native words, never ranked.
        list_sort(list(DISTINCT instrument || ': ' || severity_raw) FILTER (severity_raw IS NOT NULL)) AS severities,
        list_sort(list(DISTINCT instrument)) AS instruments,
        list_sort(list_distinct(flatten(list(contributors)))) AS contributors,
        list_sort(list_distinct(flatten(list(actions)))) AS actions,
        list_sort(list(DISTINCT clause_raw) FILTER (indicator_id IS NULL AND clause_raw IS NOT NULL)) AS clauses,
        min(description ORDER BY assessed_on DESC NULLS LAST, source_id) FILTER (indicator_id IS NULL) AS description,
        count(*) AS sources,
        count(*) FILTER (is_open) AS open_sources,
        count(*) FILTER (is_open AND status IS NULL) AS without_status,
        count(DISTINCT round_id) FILTER (closes_id IS NULL AND is_visit) AS visits,
        count(DISTINCT round_id) FILTER (
            closes_id IS NULL AND NOT is_visit AND NOT is_differing AND is_self_stated
        ) AS self_statements,
        max(compact.verification_rank(verification)) AS verified_rank,
        coalesce(
            min(assessed_on) FILTER (closes_id IS NULL AND is_visit), min(assessed_on) FILTER (NOT is_differing)
        ) AS first_found_on,
        max(assessed_on) FILTER (closes_id IS NULL AND NOT is_differing) AS last_found_on
    FROM source
    GROUP BY line_id, facility_id, matter
)
SELECT
    l.line_id, l.facility_id, f.name AS facility, f.country, l.matter, l.indicator_id,
    coalesce(i.indicator, array_to_string(l.clauses, ', '), l.description) AS indicator, t.pillar, l.topic_id, l.status,
    l.status = 'overdue' AS is_overdue, l.due_on, l.zero_tolerance, l.severities, l.instruments, l.contributors, l.actions,
    l.sources, l.open_sources, l.without_status, l.visits,
    CASE
        WHEN l.visits = 0 AND l.status = 'differs_between_receivers' THEN l.status
        WHEN l.visits = 0 AND l.self_statements > 0 THEN 'self_stated'
        WHEN l.visits < 2 THEN 'once'
        WHEN r.line_id IS NOT NULL THEN 'recurred'
        WHEN m.line_id IS NOT NULL THEN 'found_after_met'
        ELSE 'carried_over'
    END AS repetition,
    l.self_statements, m.met_on AS met_between_on,
    l.visits > 1 AND l.line_id IN (SELECT line_id FROM same_again) AS is_same_matter,
    CASE l.verified_rank WHEN 3 THEN 'onsite' WHEN 2 THEN 'virtual' WHEN 1 THEN 'desk' ELSE 'none' END AS verification,
    l.first_found_on, l.last_found_on, coalesce(c.proposed_closings, 0) AS proposed_closings
FROM line l
JOIN facility f USING (facility_id)
LEFT JOIN compact.labelled_indicator i USING (indicator_id)
LEFT JOIN topic t ON t.topic_id = l.topic_id
LEFT JOIN closing c USING (line_id)
LEFT JOIN recurred r USING (line_id)
LEFT JOIN met_between m USING (line_id);

-- What became of each matter, day by day: found, what later deliveries said of its status, closed, and found again.
CREATE OR REPLACE MACRO corrective_action_history_on(day, factory) AS TABLE
WITH source AS (
    SELECT *, min(evidence_day) FILTER (NOT is_differing) OVER (PARTITION BY line_id, part) AS first_day FROM corrective_action_source_on(day, factory)
),
named AS (
    -- Only a name that stands for one finding of an assessment tells whose status a delivery stated otherwise.
    SELECT * FROM source
    QUALIFY count(*) OVER (PARTITION BY assessment_id, coalesce(native_id, clause_raw, '')) = 1
),
-- An improvement plan states in a file of its own how a finding of an assessment stands.
planned AS (
    SELECT
        x.finding_id, x.status_raw, arg_min(x.file_id, x.action_id) AS file_id, arg_min(x.locator, x.action_id) AS locator,
        [coalesce(arg_min(f.contributor, x.action_id), 'granted')] AS contributors
    FROM corrective_action x
    LEFT JOIN file f USING (file_id)
    WHERE x.finding_id IS NOT NULL AND x.status_raw IS NOT NULL
    GROUP BY x.finding_id, x.status_raw
),
event AS (
    SELECT
        line_id, facility_id, source_id, coalesce(assessed_on, stated_on) AS happened_on,
        CASE WHEN is_differing THEN 'differs_between_receivers' WHEN is_self_stated THEN 'self_stated' WHEN assessment_id IS NULL THEN 'planned' WHEN evidence_day > first_day THEN 'found_again' ELSE 'found' END AS event,
        instrument, contributors, CASE WHEN is_differing THEN status_raw ELSE severity_raw END AS told, file_id, locator
    FROM source
    WHERE closes_id IS NULL
    UNION ALL
    SELECT
        s.line_id, s.facility_id, s.source_id, k.received_at, 'stated', s.instrument, [k.contributor], c.value_raw,
        k.file_id, k.locator
    FROM conflict c
    JOIN assessment_copy k USING (copy_id)
    JOIN named s
        ON s.assessment_id = c.assessment_id AND c.question_id = 'finding ' || coalesce(s.native_id, s.clause_raw, '')
    WHERE contains(c.reason, ' status ') AND (day IS NULL OR k.received_at <= day)
    UNION ALL
    SELECT
        s.line_id, s.facility_id, s.source_id, coalesce(s.closed_on, s.stated_on),
        CASE WHEN s.closed_on IS NULL AND s.is_open THEN 'stated' WHEN s.closed_on IS NULL THEN 'stated_closed' ELSE 'closed' END,
        s.instrument, coalesce(x.contributors, s.contributors), coalesce(s.status_raw, s.status), coalesce(x.file_id, s.file_id),
        coalesce(x.locator, s.locator)
    FROM source s
    LEFT JOIN planned x ON x.finding_id = s.source_id AND x.status_raw = s.status_raw AND x.file_id <> s.file_id
    WHERE s.status IS NOT NULL AND s.closes_id IS NULL AND NOT s.is_differing
    UNION ALL
    SELECT
        line_id, facility_id, closes_id, coalesce(ended_on, assessed_on), 'closed', instrument, contributors,
        coalesce(status_raw, status), file_id, locator
    FROM source
    WHERE closes_id IS NOT NULL
    UNION ALL
    SELECT
        line_id, facility_id, finding_id, said_on, kind, said_by, [], question_id, file_id, locator
    FROM compact.closing_said_on(day, factory)
)
SELECT DISTINCT
    facility_id, line_id, happened_on, event, instrument, contributors, told, source_id, file_id, locator
FROM event;

CREATE VIEW v_corrective_action_plan AS FROM corrective_action_plan_on(NULL, NULL);
CREATE VIEW v_corrective_action_source AS FROM corrective_action_source_on(NULL, NULL);
CREATE VIEW v_proposed_closing AS FROM proposed_closing_on(NULL, NULL);
CREATE VIEW v_corrective_action_history AS FROM corrective_action_history_on(NULL, NULL);
