-- Everything that says something of what is required: answers, finding rows, and the silence of findings lists.
-- Reads: reuse_required, reuse_state, reuse_carry, reuse_row_verification, reuse_silent_kind, reuse_silent_type, what
--        world.sql wrote, the release. Writes: reuse_source, reuse_elsewhere, reuse_checked, reuse_left_out, reuse_found,
--        reuse_candidate.

-- What is not met of an indicator is not met of the broader one; what is met of it is met of the narrower.
CREATE OR REPLACE TEMP TABLE reuse_source AS
SELECT required_no, indicator_id, 0 AS relation_no, NULL::VARCHAR AS only_state, NULL::VARCHAR[] AS path FROM reuse_required
UNION ALL
SELECT r.required_no, b.indicator_id, 1, 'not_met', b.path
FROM reuse_required r
JOIN indicator_broader b ON b.broader_id = r.indicator_id
UNION ALL
SELECT r.required_no, b.broader_id, 2, 'met', b.path
FROM reuse_required r
JOIN indicator_broader b ON b.indicator_id = r.indicator_id;

-- What questions ask in some countries alone is required in no other.
CREATE OR REPLACE TEMP TABLE reuse_elsewhere AS
WITH asked AS (
    SELECT r.required_no, c.condition
    FROM reuse_required r
    JOIN crosswalk c USING (indicator_id)
    WHERE c.status = 'approved' AND r.stated_by <> r.indicator_id
),
conditional AS (
    SELECT required_no FROM asked GROUP BY required_no
    HAVING bool_and(coalesce(starts_with(condition, 'country='), false))
),
named AS (
    SELECT DISTINCT a.required_no, unnest(string_split(substr(a.condition, 9), '|')) AS country
    FROM asked a
    SEMI JOIN conditional USING (required_no)
)
SELECT c.required_no, f.country
FROM conditional c
CROSS JOIN (SELECT DISTINCT country FROM reuse_factory WHERE country IS NOT NULL) f
ANTI JOIN named n ON n.required_no = c.required_no AND n.country = f.country;

-- What each answer to each question implies of what is required (one table, predicate and state: schemas/entailment.yml).
CREATE OR REPLACE TEMP TABLE reuse_meaning AS
SELECT
    q.question_no,
    s.state,
    m.required_no,
    i.state_no::UTINYINT AS state_no,
    coalesce(b.basis_no, 0)::UTINYINT AS basis_no,
    ((m.relation_no * 4 + p.predicate_no)::BIGINT << 34) | (q.question_no::BIGINT << 1) AS choice
FROM compact.question q
JOIN reuse_source m USING (indicator_id)
JOIN reuse_required r USING (required_no)
CROSS JOIN reuse_answer_state s
LEFT JOIN entailment e ON e.comparability = q.comparability AND e.state = s.state::VARCHAR
JOIN reuse_predicate p ON p.predicate = q.comparability
LEFT JOIN crosswalk c USING (mapping_id)
LEFT JOIN reuse_basis b ON b.basis = c.basis
JOIN reuse_state i ON i.state = CASE
    WHEN m.relation_no > 0 THEN CASE WHEN e.implied_state::VARCHAR = m.only_state THEN m.only_state END
    WHEN r.is_judged OR s.state <> 'informational' THEN e.implied_state::VARCHAR
    WHEN q.comparability IN (SELECT comparability FROM reuse_carry) THEN 'informational'
END;

-- How strongly what a rating restates was verified at most (what was accepted unseen is not).
CREATE OR REPLACE TEMP TABLE reuse_restated AS
SELECT
    a.assessment_no,
    max(CASE WHEN v.verification_no = 4 THEN 0 ELSE v.verification_no END)::UTINYINT AS verification_no
FROM reuse_assessment a
JOIN compact.stored_assessment o ON o.assessment_id = a.restates
JOIN compact.stored_answer s ON s.assessment_no = o.assessment_no
JOIN reuse_verification v ON v.verification = s.verification
GROUP BY a.assessment_no;

-- Findings that a later follow-up prints as closed, where the buyer may see that follow-up. Nobody says with it that the
-- matter is met (domain rule 4): its action is closed.
CREATE OR REPLACE TEMP TABLE reuse_checked AS
SELECT k.closes_id AS finding_id, min(k.checked_on) AS checked_on, arg_min(a.instrument, (k.checked_on, a.place)) AS instrument
FROM compact.closing_check k
JOIN finding n ON n.finding_id = k.finding_id
JOIN reuse_assessment a ON a.assessment_id = n.assessment_id AND NOT a.is_void
JOIN reuse_seen s ON s.assessment_no = a.assessment_no
LEFT JOIN reuse_own_file o ON o.assessment_no = a.assessment_no AND o.file_id = n.file_id
WHERE k.checked_on <= getvariable('reuse_as_of')
    AND (NOT getvariable('reuse_needs_grants') OR s.owns OR s.findings_grant IS NOT NULL OR o.file_id IS NOT NULL)
GROUP BY k.closes_id;

-- Findings that none of the buyer's own copies of a report prints: known by number, or by clause and text, as where deliveries
-- are merged.
CREATE OR REPLACE TEMP TABLE reuse_left_out AS
WITH found AS (
    SELECT n.*, s.assessment_no
    FROM finding n
    JOIN reuse_assessment a USING (assessment_id)
    JOIN reuse_seen s ON s.assessment_no = a.assessment_no AND s.owns
    ANTI JOIN reuse_own_file o ON o.assessment_no = s.assessment_no AND o.file_id = n.file_id
),
printed AS (
    SELECT DISTINCT
        c.assessment_no, lower(f.native_id) AS number,
        lower(coalesce(f.clause, '')) || '|'
            || regexp_replace(lower(nfc_normalize(coalesce(f.description, ''))), '[^\p{L}\p{M}\p{N}]+', '', 'g') AS matter
    FROM reuse_own_content c
    JOIN compact.stated_header h ON h.copy_id = c.copy_id
    JOIN compact.stated_finding f ON f.file_id = h.content_file_id AND f.assessment_no = h.assessment_no
)
SELECT n.finding_id
FROM found n
ANTI JOIN printed p ON p.assessment_no = n.assessment_no AND p.number = lower(n.native_id)
ANTI JOIN printed t
    ON t.assessment_no = n.assessment_no
    AND t.matter = lower(coalesce(n.clause_raw, '')) || '|'
        || regexp_replace(lower(nfc_normalize(coalesce(n.description, ''))), '[^\p{L}\p{M}\p{N}]+', '', 'g')
WHERE n.made_from = 'row'
UNION ALL
SELECT n.finding_id
FROM found n
JOIN compact.question q ON q.question_id = n.clause_raw AND q.mapping_id IS NOT DISTINCT FROM n.mapping_id
SEMI JOIN reuse_disowned d ON d.assessment_no = n.assessment_no AND d.question_no = q.question_no
ANTI JOIN (SELECT * FROM reuse_own_answer WHERE state = 'not_met') w
    ON w.assessment_no = n.assessment_no AND w.question_no = q.question_no
WHERE n.made_from = 'answer';

CREATE OR REPLACE TEMP TABLE reuse_found AS
SELECT
    (row_number() OVER (ORDER BY n.finding_id))::BIGINT AS finding_no, n.finding_id, a.assessment_no, n.mapping_id,
    n.indicator_id, n.topic_id, n.severity, n.severity_raw, n.status, n.due_on, n.clause_raw, n.file_id,
    n.locator, n.made_from, coalesce(w.verification_no, k.verification_no) AS verification_no,
    -- A finding without a day of closing was closed when its report was printed.
    c.finding_id IS NOT NULL OR n.status = 'closed' AND coalesce(n.closed_on <= getvariable('reuse_as_of'), true) AS is_closed,
    CASE WHEN n.status = 'closed' THEN n.closed_on ELSE c.checked_on END AS closed_on,
    CASE WHEN n.status IS DISTINCT FROM 'closed' THEN c.instrument END AS closing_instrument,
    n.finding_id IN (SELECT finding_id FROM compact.closing_check) AS is_check,
    n.finding_id IN (SELECT finding_id FROM reuse_left_out) AS is_left_out,
    -- It was open on its day, so what is older was found not met since.
    is_closed AND coalesce(c.checked_on, n.closed_on) > a.evidence_day AS was_open
FROM finding n
JOIN reuse_assessment a USING (assessment_id)
LEFT JOIN reuse_restated w USING (assessment_no)
LEFT JOIN reuse_checked c ON c.finding_id = n.finding_id
JOIN reuse_row_verification k ON k.kind = a.seen_kind;

CREATE OR REPLACE TEMP TABLE reuse_silence AS
WITH RECURSIVE above AS (
    SELECT topic_id, topic_id AS upper_id FROM topic
    UNION
    SELECT a.topic_id, t.parent_id FROM above a JOIN topic t ON t.topic_id = a.upper_id WHERE t.parent_id IS NOT NULL
),
reached AS (
    SELECT topic_id, upper_id FROM above UNION SELECT topic_id, pillar FROM topic
),
audited AS (
    SELECT a.*
    FROM reuse_assessment a
    WHERE a.kind::VARCHAR IN (SELECT kind FROM reuse_silent_kind) AND a.restates IS NULL
        AND NOT EXISTS (
            SELECT 1 FROM reuse_silent_type t WHERE contains(lower(coalesce(a.assessment_type, '')), lower(t.type))
        )
        -- Where answers are listed, no answer means not asked.
        AND a.instrument NOT IN (SELECT instrument FROM compact.stored_assessment WHERE answers > 0)
),
in_scope AS (
    SELECT a.assessment_no, r.topic_id
    FROM assessment_scope c
    JOIN audited a USING (assessment_id)
    JOIN reached r ON r.upper_id = c.topic_id
    GROUP BY a.assessment_no, r.topic_id
    HAVING bool_or(c.scope = 'in') AND NOT bool_or(c.scope = 'out')
),
spoken AS (
    -- A finding speaks of its topic, of those above and of those below.
    SELECT n.assessment_no, u.topic_id FROM reuse_found n JOIN above u ON u.upper_id = n.topic_id
    UNION
    SELECT n.assessment_no, u.upper_id FROM reuse_found n JOIN above u USING (topic_id)
)
SELECT c.assessment_no, r.required_no
FROM in_scope c
JOIN reuse_required r USING (topic_id)
ANTI JOIN spoken s USING (assessment_no, topic_id)
WHERE r.kind = 'compliance';

CREATE OR REPLACE TEMP TABLE reuse_candidate AS
WITH corrected AS (
    -- Answers of a facility that its verifier corrected do not count.
    SELECT a.assessment_no, a.question_no, 'facility' AS answered_by
    FROM compact.stored_answer a
    JOIN compact.stored_assessment s ON s.assessment_no = a.assessment_no AND s.has_both_sides
    WHERE a.answered_by = 'verifier'
),
other_delivery AS (
    SELECT g.assessment_no, d.delivery_no, g.evidence_day FROM reuse_delivered_day g JOIN compact.delivery d USING (file_id)
),
said AS (
    SELECT
        a.assessment_no, m.required_no, m.state_no,
        CASE WHEN v.verification_no < 4 THEN least(v.verification_no, w.verification_no) ELSE 4 END::UTINYINT
            AS verification_no,
        m.basis_no, 0::UTINYINT AS source_no,
        CASE
            WHEN (s.owns AND x.question_no IS NULL) OR o.delivery_no IS NOT NULL THEN 0
            WHEN s.answers_grant IS NOT NULL OR (m.state_no = 1 AND s.findings_grant IS NOT NULL) THEN 1
            ELSE 2
        END::UTINYINT AS right_no,
        m.choice | (a.answered_by = 'verifier')::BIGINT AS choice,
        CASE WHEN s.owns AND x.question_no IS NULL AND o.delivery_no IS NULL THEN y.evidence_day ELSE g.evidence_day END AS other_day
    FROM compact.stored_answer a
    JOIN reuse_seen s USING (assessment_no)
    JOIN reuse_meaning m ON m.question_no = a.question_no AND m.state = a.state
    JOIN reuse_verification v ON v.verification = a.verification
    LEFT JOIN reuse_restated w ON w.assessment_no = a.assessment_no
    LEFT JOIN reuse_disowned x ON x.assessment_no = a.assessment_no AND x.question_no = a.question_no
    LEFT JOIN reuse_own_delivery o ON o.assessment_no = a.assessment_no AND o.delivery_no = a.delivery_no
    LEFT JOIN reuse_own_day y ON y.assessment_no = a.assessment_no
    LEFT JOIN other_delivery g ON g.assessment_no = a.assessment_no AND g.delivery_no = a.delivery_no
    ANTI JOIN corrected c
        ON c.assessment_no = a.assessment_no AND c.question_no = a.question_no AND c.answered_by = a.answered_by::VARCHAR
    UNION ALL
    -- What the buyer's own copy answers otherwise than what stands.
    SELECT
        a.assessment_no, m.required_no, m.state_no,
        CASE WHEN v.verification_no < 4 THEN least(v.verification_no, w.verification_no) ELSE 4 END, m.basis_no, 0, 0,
        m.choice | (a.answered_by = 'verifier')::BIGINT, CASE WHEN d.copy_day <> e.evidence_day THEN d.copy_day END
    FROM reuse_own_answer a
    JOIN reuse_assessment e USING (assessment_no)
    LEFT JOIN reuse_copy_day d ON d.assessment_no = a.assessment_no AND d.copy_id = a.copy_id
    JOIN reuse_meaning m ON m.question_no = a.question_no AND m.state = a.state
    JOIN reuse_verification v ON v.verification = a.verification
    LEFT JOIN reuse_restated w ON w.assessment_no = a.assessment_no
    UNION ALL
    -- A finding row is an answer that is not met. One that is closed (state 15), by its own report or by a follow-up, is none:
    -- it says that the matter was found and closed, not that it is met, as nobody assessed the closing here; nor was it found
    -- again where a follow-up prints an old finding. So it does not stand, and the matter is asked; it ends what is older
    -- where it was open on its own day (`reuse_bad_news`).
    SELECT
        n.assessment_no, m.required_no, CASE WHEN n.is_closed THEN 15 ELSE 1 END, n.verification_no, coalesce(b.basis_no, 0), 1,
        CASE
            WHEN (s.owns AND NOT n.is_left_out) OR o.file_id IS NOT NULL THEN 0
            WHEN s.findings_grant IS NOT NULL THEN 1
            ELSE 2
        END,
        ((m.relation_no * 4 + p.predicate_no)::BIGINT << 34) | (n.finding_no << 1),
        CASE WHEN s.owns AND NOT n.is_left_out AND o.file_id IS NULL THEN y.evidence_day ELSE g.evidence_day END
    FROM reuse_found n
    JOIN reuse_seen s USING (assessment_no)
    JOIN crosswalk c USING (mapping_id)
    JOIN entailment e ON e.comparability = c.predicate AND e.state = 'not_met' AND e.implied_state = 'not_met'
    JOIN reuse_source m ON m.indicator_id = n.indicator_id AND m.relation_no < 2
    JOIN reuse_predicate p ON p.predicate = c.predicate
    LEFT JOIN reuse_basis b ON b.basis = c.basis
    LEFT JOIN reuse_own_file o ON o.assessment_no = n.assessment_no AND o.file_id = n.file_id
    LEFT JOIN reuse_own_day y ON y.assessment_no = n.assessment_no
    LEFT JOIN reuse_delivered_day g ON g.assessment_no = n.assessment_no AND g.file_id = n.file_id
    WHERE n.made_from = 'row'
    UNION ALL
    SELECT
        n.assessment_no, n.required_no, 6, v.verification_no, 0, 2,
        CASE WHEN s.owns THEN 0 WHEN s.findings_grant IS NOT NULL THEN 1 ELSE 2 END,
        0, CASE WHEN s.owns THEN y.evidence_day END
    FROM reuse_silence n
    JOIN reuse_seen s USING (assessment_no)
    JOIN reuse_assessment a USING (assessment_no)
    JOIN reuse_row_verification v ON v.kind = a.kind::VARCHAR
    LEFT JOIN reuse_own_day y ON y.assessment_no = n.assessment_no
),
told AS (
    SELECT
        assessment_no, required_no, state_no, verification_no, basis_no, source_no, right_no, min(choice) AS choice,
        arg_min_null(other_day, choice) AS other_day
    FROM said
    GROUP BY assessment_no, required_no, state_no, verification_no, basis_no, source_no, right_no
),
-- Inside one assessment what is not met speaks for the indicator, then what is partly met, then what was found and closed.
-- Where the buyer's own copy says otherwise than what stands, of what it may see the same holds.
speaking AS (
    SELECT assessment_no, required_no, arg_min(state_no, CASE state_no WHEN 15 THEN 2.5 ELSE state_no END) AS state_no, 2 AS most_right
    FROM told
    GROUP BY assessment_no, required_no
    UNION
    SELECT assessment_no, required_no, arg_min(state_no, CASE state_no WHEN 15 THEN 2.5 ELSE state_no END), 1
    FROM told
    WHERE right_no < 2 AND assessment_no IN (SELECT assessment_no FROM reuse_own_answer)
    GROUP BY assessment_no, required_no
)
SELECT t.* EXCLUDE (other_day), coalesce(t.other_day, a.evidence_day) AS evidence_day
FROM told t
JOIN reuse_assessment a USING (assessment_no)
SEMI JOIN speaking s
    ON s.assessment_no = t.assessment_no AND s.required_no = t.required_no AND s.state_no = t.state_no AND t.right_no <= s.most_right
-- What is dated later has not happened yet.
WHERE coalesce(coalesce(t.other_day, a.evidence_day) <= getvariable('reuse_as_of'), true);
