-- One line for every factory and required indicator: what stands and every fact that a buyer must know to rely on it
-- (domain rule 17), or what is to be asked and why. Of what the buyer may not see, no more is told than instrument, day and
-- that a grant of it would settle the matter; where it ended something, the one word for that is that the evidence is not
-- enough (domain rules 22, 24, 25, 27). Files are named where the buyer handed them in. A steward is told all.
-- Reads: what the other statements wrote, reuse_fact, reuse_reason, the release. Variables: reuse_as_of, reuse_if_granted,
--        reuse_tells_all, reuse_language, reuse_contributor, reuse_others (how many are told).
-- Writes: reuse_standing, reuse_end, reuse_line, reuse_grant_to_ask.
CREATE OR REPLACE TEMP TABLE reuse_labelled AS
SELECT
    r.*,
    coalesce(t.labels ->> getvariable('reuse_language'), t.labels ->> 'en') AS topic,
    coalesce(i.labels ->> getvariable('reuse_language'), i.labels ->> 'en') AS indicator
FROM reuse_required r
JOIN topic t USING (topic_id)
JOIN indicator i USING (indicator_id);

-- What may be told of each assessment.
CREATE OR REPLACE TEMP TABLE reuse_told_of AS
SELECT
    assessment_no,
    getvariable('reuse_tells_all') OR owns OR findings_grant IS NOT NULL AS findings,
    getvariable('reuse_tells_all') OR owns OR answers_grant IS NOT NULL AS answers
FROM reuse_seen;

-- What ended the reuse of evidence, and whether that may be told: by an assessment, by head counts, by a steward.
CREATE OR REPLACE TEMP TABLE reuse_ended_by AS
WITH ended AS (
    -- (Of no one requirement: all of it.)
    SELECT assessment_no, evidence_day, NULL AS required_no, kind, on_day, why, by_whom, told_by FROM reuse_ended_whole
    UNION ALL
    SELECT assessment_no, evidence_day, required_no, kind, on_day, why, by_whom, told_by FROM reuse_ended_part
),
counted AS (
    SELECT DISTINCT h.facility_id, h.on_day
    FROM reuse_head_count h
    JOIN facility_mention m USING (mention_id)
    LEFT JOIN reuse_told_of t ON t.assessment_no = h.assessment_no
    WHERE m.contributor = getvariable('reuse_contributor') OR t.answers
)
SELECT
    e.*,
    CASE
        WHEN getvariable('reuse_tells_all') THEN true
        WHEN e.told_by IS NOT NULL THEN coalesce(t.findings, false)
        WHEN e.kind = 'workforce' AND e.by_whom IS NULL THEN c.on_day IS NOT NULL
        ELSE true
    END AS is_told
FROM ended e
JOIN reuse_assessment a ON a.assessment_no = e.assessment_no
LEFT JOIN reuse_told_of t ON t.assessment_no = e.told_by
LEFT JOIN counted c ON c.facility_id = a.facility_id AND c.on_day = e.on_day;

CREATE OR REPLACE TEMP TABLE reuse_bad_news_told AS
SELECT a.facility_no, c.required_no, max(c.evidence_day) AS last_day
FROM reuse_news c
JOIN reuse_assessment a USING (assessment_no)
WHERE NOT a.is_void AND (c.right_no < 2 OR getvariable('reuse_tells_all'))
GROUP BY a.facility_no, c.required_no;

CREATE OR REPLACE TEMP TABLE reuse_verified_told AS
SELECT DISTINCT s.assessment_no, c.required_no
FROM reuse_candidate c
JOIN reuse_assessment v USING (assessment_no)
JOIN reuse_assessment s ON s.assessment_id = v.verified_of
WHERE c.state_no < 6 AND (c.right_no < 2 OR getvariable('reuse_tells_all'));

CREATE OR REPLACE TEMP TABLE reuse_standing AS
WITH shown AS (
    SELECT
        *,
        CASE
            WHEN NOT getvariable('reuse_if_granted') THEN status
            WHEN getvariable('reuse_tells_all') THEN status_if_granted
            ELSE status_if_granted_told
        END AS shown_status
    FROM reuse_cell
),
chosen AS (
    -- (Joined by equalities alone: with a condition on one side DuckDB compares every row with every other.)
    SELECT
        *,
        CASE
            WHEN shown_status NOT IN ('assessed', 'grant_missing') THEN NULL
            WHEN NOT getvariable('reuse_if_granted') THEN coalesce(standing_granted, standing_hidden)
            WHEN getvariable('reuse_tells_all') THEN standing_any
            ELSE least(standing_granted, standing_hidden)
        END AS standing
    FROM shown
)
SELECT
    c.facility_no, c.required_no, c.shown_status, c.status,
    CASE WHEN getvariable('reuse_tells_all') THEN c.status_if_granted ELSE c.status_if_granted_told END AS status_if_granted,
    c.candidates,
    j.* EXCLUDE (facility_no, required_no),
    least(j.evidence_day + r.maximum_age_days, a.bound_until, l.next_day - 1, r.changes_on - 1) AS expires_on,
    CASE least(j.evidence_day + r.maximum_age_days, a.bound_until, l.next_day - 1, r.changes_on - 1)
        WHEN j.evidence_day + r.maximum_age_days THEN 'buyer_policy'
        WHEN a.bound_until THEN a.valid_until_basis::VARCHAR
        WHEN l.next_day - 1 THEN 'law'
        ELSE 'requirement'
    END AS expires_by,
    j.choice >> 34 AS meant,
    CASE WHEN j.source_no = 0 THEN ((j.choice >> 1) & 8589934591)::INTEGER END AS question_no,
    CASE WHEN j.source_no = 0 THEN CASE WHEN j.choice & 1 = 1 THEN 'verifier' ELSE 'facility' END END AS answered_by,
    CASE WHEN j.source_no = 1 THEN (j.choice >> 1) & 8589934591 END AS finding_no,
    -- What is not granted is there, and no more is told of it.
    coalesce(j.right_no = 2, false) AND NOT getvariable('reuse_tells_all') AS is_hidden
FROM chosen c
LEFT JOIN reuse_judged j
    ON j.facility_no = c.facility_no AND j.required_no = c.required_no AND j.standing = c.standing
LEFT JOIN reuse_assessment a USING (assessment_no)
LEFT JOIN reuse_required r ON r.required_no = c.required_no
LEFT JOIN reuse_law_change l ON l.country = a.country AND l.required_no = c.required_no;

-- Where each fact stands: the cell of the answer, the row of the finding, or the report whose silence it is.
CREATE OR REPLACE TEMP TABLE reuse_place AS
SELECT
    s.facility_no, s.required_no, f.file_id, f.path, p.prefix || coalesce(a.row_no::VARCHAR, '') || p.suffix AS locator, q.question_id,
    q.mapping_id, q.comparability, a.state::VARCHAR AS answered_state, nullif(coalesce(r.value_text, t.raw_value, a.rare_value), '') AS value
FROM reuse_standing s
JOIN compact.stored_answer a
    ON a.assessment_no = s.assessment_no AND a.question_no = s.question_no AND a.answered_by::VARCHAR = s.answered_by
JOIN compact.question q ON q.question_no = a.question_no
JOIN compact.delivery d ON d.delivery_no = a.delivery_no
JOIN compact.place p ON p.place_no = a.place_no
JOIN compact.stated_text t ON t.text_no = a.text_no
JOIN compact.remark r ON r.remark_no = a.remark_no
JOIN file f ON f.file_id = d.file_id
ANTI JOIN reuse_own_answer o ON o.assessment_no = s.assessment_no AND o.question_no = s.question_no AND s.right_no = 0
UNION ALL
SELECT
    s.facility_no, s.required_no, f.file_id, f.path, p.prefix || coalesce(a.row_no::VARCHAR, '') || p.suffix, q.question_id,
    q.mapping_id, q.comparability, a.state::VARCHAR, nullif(coalesce(r.value_text, t.raw_value, a.rare_value), '')
FROM reuse_standing s
JOIN reuse_own_answer a
    ON a.assessment_no = s.assessment_no AND a.question_no = s.question_no AND a.answered_by::VARCHAR = s.answered_by
    AND s.right_no = 0
JOIN compact.question q ON q.question_no = a.question_no
JOIN compact.place p ON p.place_no = a.place_no
JOIN compact.stated_text t ON t.text_no = a.text_no
JOIN compact.remark r ON r.remark_no = a.remark_no
JOIN assessment_copy c ON c.copy_id = a.copy_id
JOIN file f ON f.file_id = c.file_id
UNION ALL
SELECT s.facility_no, s.required_no, f.file_id, f.path, n.locator, n.clause_raw, n.mapping_id, c.predicate, 'not_met', NULL
FROM reuse_standing s
JOIN reuse_found n ON n.finding_no = s.finding_no
JOIN file f USING (file_id)
LEFT JOIN crosswalk c USING (mapping_id)
UNION ALL
SELECT s.facility_no, s.required_no, f.file_id, f.path, c.locator, NULL, NULL, NULL, 'no_finding', NULL
FROM reuse_standing s
JOIN reuse_assessment a USING (assessment_no)
JOIN assessment_copy c ON c.assessment_id = a.assessment_id AND c.wins
JOIN file f USING (file_id)
WHERE s.source_no = 2;

CREATE OR REPLACE TEMP TABLE reuse_told_fact AS
SELECT a.assessment_no, t.fact, string_agg(DISTINCT coalesce(w.value_number::VARCHAR, w.value_text), '; ') AS told
FROM answer w
JOIN reuse_fact t USING (indicator_id)
JOIN reuse_assessment a USING (assessment_id)
WHERE w.facility_id IN (SELECT facility_id FROM reuse_factory)
    AND a.assessment_no IN (SELECT assessment_no FROM reuse_standing)
    AND coalesce(w.value_number::VARCHAR, w.value_text) IS NOT NULL
GROUP BY a.assessment_no, t.fact;

CREATE OR REPLACE TEMP TABLE reuse_assessment_fact AS
SELECT assessment_no, map_from_entries(list((fact, told))) AS facts FROM reuse_told_fact GROUP BY assessment_no;

-- The buyer's own copy of an assessment, where the fact stands in a file of another.
CREATE OR REPLACE TEMP TABLE reuse_own_copy AS
SELECT o.assessment_no, arg_min(f.path, c.copy_id) AS path, arg_min(c.locator, c.copy_id) AS locator
FROM reuse_own o
JOIN assessment_copy c USING (copy_id)
JOIN file f USING (file_id)
WHERE NOT o.is_part
GROUP BY o.assessment_no;

-- Findings on the indicator, or on a narrower one that is not met either, in any assessment that the buyer may see.
CREATE OR REPLACE TEMP TABLE reuse_open AS
WITH meant AS (
    SELECT
        s.facility_no, s.required_no, s.shown_status, n.*, a.instrument, a.evidence_day,
        n.assessment_no = s.assessment_no AS is_standing,
        CASE WHEN n.is_closed AND NOT n.is_check AND (n.closing_instrument IS NOT NULL OR s.shown_status <> 'assessed') THEN
            'found ' || concat_ws(' ', a.instrument, a.evidence_day) || ', closed on ' || coalesce(n.closed_on::VARCHAR, 'a day not stated')
            || ' by ' || coalesce('the follow-up of ' || n.closing_instrument, 'its own report') || ', closing not assessed'
        END AS closed_by
    FROM reuse_standing s
    JOIN reuse_source m ON m.required_no = s.required_no AND m.relation_no < 2
    JOIN reuse_found n ON n.indicator_id = m.indicator_id
    JOIN reuse_assessment a ON a.assessment_no = n.assessment_no AND a.facility_no = s.facility_no AND NOT a.is_void
    JOIN reuse_told_of t ON t.assessment_no = n.assessment_no
    JOIN reuse_seen g ON g.assessment_no = n.assessment_no
    LEFT JOIN reuse_own_file o ON o.assessment_no = n.assessment_no AND o.file_id = n.file_id
    LEFT JOIN crosswalk c ON c.mapping_id = n.mapping_id
    LEFT JOIN entailment e ON e.comparability = c.predicate AND e.state = 'not_met'
    WHERE s.shown_status <> 'always_ask' AND (t.findings OR o.file_id IS NOT NULL)
        AND (NOT n.is_left_out OR g.findings_grant IS NOT NULL OR getvariable('reuse_tells_all'))
        AND (c.mapping_id IS NULL OR e.implied_state = 'not_met')
)
SELECT
    facility_no, required_no,
    count(*) FILTER (is_open AND shown_status = 'assessed') AS open_findings,
    min(due_on) FILTER (is_open AND shown_status = 'assessed') AS due_on,
    string_agg(DISTINCT concat_ws(' ', instrument, evidence_day), ', ' ORDER BY concat_ws(' ', instrument, evidence_day))
        FILTER (is_open AND shown_status = 'assessed') AS open_in,
    string_agg(DISTINCT severity_raw, ', ' ORDER BY severity_raw) FILTER (shown_status = 'assessed' AND (is_open OR is_standing)) AS severity_raw,
    max(closed_on) FILTER (NOT is_check AND (is_standing OR shown_status <> 'assessed')) AS closed_on,
    string_agg(DISTINCT closed_by, ' | ' ORDER BY closed_by) AS closed_by
FROM (SELECT *, NOT is_closed AS is_open FROM meant)
GROUP BY facility_no, required_no;

-- Differences to explain (domain rule 13), where both sides may be seen.
CREATE OR REPLACE TEMP TABLE reuse_difference AS
WITH side AS (
    SELECT facility_id, indicator_id, assessment_a, assessment_b, unnest([
        {'assessment_id': assessment_a, 'question_id': question_a, 'state': state_a::VARCHAR},
        {'assessment_id': assessment_b, 'question_id': question_b, 'state': state_b::VARCHAR}
    ], recursive := true)
    FROM contradiction
),
told AS (
    SELECT
        s.facility_id, s.indicator_id, s.assessment_a, s.assessment_b,
        string_agg(concat_ws(' ', a.instrument, a.evidence_day, s.state), ' / ' ORDER BY a.evidence_day, a.place, s.state) AS said
    FROM side s
    JOIN reuse_assessment a ON a.assessment_id = s.assessment_id
    JOIN reuse_told_of t USING (assessment_no)
    WHERE (t.answers OR (t.findings AND s.state = 'not_met'))
        AND (
            getvariable('reuse_tells_all')
            OR NOT EXISTS (
                SELECT 1
                FROM reuse_disowned d
                JOIN compact.question q USING (question_no)
                WHERE d.assessment_no = a.assessment_no AND q.question_id = s.question_id
            )
        )
    GROUP BY s.facility_id, s.indicator_id, s.assessment_a, s.assessment_b
    HAVING count(*) = 2
),
-- One report that tells receivers different things: to the steward by name, to a buyer where it may see both copies.
received AS (
    SELECT
        d.facility_id, d.indicator_id, d.assessment_a, d.assessment_b,
        concat_ws(' ', a.instrument, a.evidence_day, d.question_id) || ' differs between receivers: '
        || CASE WHEN getvariable('reuse_tells_all')
            THEN concat_ws(' ', coalesce(d.value_a, 'left out'), 'to', d.contributor_a) || ' / '
                || concat_ws(' ', coalesce(d.value_b, 'left out'), 'to', d.contributor_b)
            ELSE coalesce(d.value_a, 'left out') || ' / ' || coalesce(d.value_b, 'left out')
        END AS said
    FROM (SELECT *, assessment_id AS assessment_a, assessment_id AS assessment_b FROM compact.receiver_difference) d
    JOIN reuse_assessment a USING (assessment_id)
    JOIN reuse_seen s USING (assessment_no)
    JOIN assessment_copy ca ON ca.copy_id = d.copy_a
    JOIN assessment_copy cb ON cb.copy_id = d.copy_b
    LEFT JOIN reuse_own_file fa ON fa.assessment_no = s.assessment_no AND fa.file_id = ca.file_id
    LEFT JOIN reuse_own_file fb ON fb.assessment_no = s.assessment_no AND fb.file_id = cb.file_id
    WHERE d.indicator_id IS NOT NULL
        AND (getvariable('reuse_tells_all')
            OR fb.file_id IS NOT NULL AND (fa.file_id IS NOT NULL OR s.answers_grant IS NOT NULL))
)
SELECT facility_id, indicator_id, string_agg(DISTINCT said, ' | ' ORDER BY said) AS differences
FROM (FROM told UNION ALL BY NAME FROM received)
GROUP BY facility_id, indicator_id;

CREATE OR REPLACE TEMP TABLE reuse_law_text AS
WITH asked AS (
    SELECT DISTINCT f.country, s.required_no, s.evidence_day AS day
    FROM reuse_standing s
    JOIN reuse_factory f USING (facility_no)
    WHERE s.evidence_day IS NOT NULL
    UNION
    SELECT DISTINCT f.country, r.required_no, getvariable('reuse_as_of') FROM reuse_factory f CROSS JOIN reuse_required r
)
SELECT
    a.country, a.required_no, a.day,
    string_agg(DISTINCT l.number || coalesce(' art. ' || i.article, ''), ', ' ORDER BY l.number || coalesce(' art. ' || i.article, '')) AS laws
FROM asked a
JOIN reuse_required r USING (required_no)
JOIN indicator_law i USING (indicator_id)
JOIN law l ON l.law_id = i.law_id AND l.country = a.country
    AND coalesce(l.valid_from <= a.day, true) AND coalesce(l.valid_to >= a.day, true)
GROUP BY a.country, a.required_no, a.day;

-- What ended the reuse of what would stand without: the earliest of all that did and may be told.
CREATE OR REPLACE TEMP TABLE reuse_end AS
WITH gone AS (
    SELECT
        c.facility_no, c.required_no, j.assessment_no, j.evidence_day, f.country,
        CASE WHEN getvariable('reuse_tells_all') THEN j.failed ELSE j.failed_seen END AS failed
    FROM reuse_cell c
    JOIN reuse_standing s ON s.facility_no = c.facility_no AND s.required_no = c.required_no
    JOIN reuse_judged j
        ON j.facility_no = c.facility_no AND j.required_no = c.required_no
        -- (What stands for the buyer alone ended for the steward, who sees why.)
        AND j.standing = CASE
            WHEN s.shown_status = 'assessed' AND getvariable('reuse_tells_all') THEN s.standing
            WHEN s.shown_status NOT IN ('ask', 'grant_missing') THEN NULL
            WHEN getvariable('reuse_tells_all') THEN c.standing_ended
            ELSE c.standing_ended_seen
        END
    JOIN reuse_factory f ON f.facility_no = c.facility_no
    WHERE (j.right_no < 2 OR getvariable('reuse_tells_all')) AND (s.shown_status <> 'assessed' OR j.failed & getvariable('reuse_ends') > 0)
),
ending AS (
    SELECT g.facility_no, g.required_no, e.kind, e.on_day, e.why, e.by_whom
    FROM gone g
    JOIN reuse_ended_by e ON e.assessment_no = g.assessment_no AND e.evidence_day = g.evidence_day AND e.is_told
    WHERE coalesce(e.required_no = g.required_no, true)
    UNION ALL
    SELECT g.facility_no, g.required_no, 'status', a.evidence_day, a.ended_by_status || ' (' || a.status || ')', NULL
    FROM gone g
    JOIN reuse_assessment a USING (assessment_no)
    WHERE a.ended_by_status IS NOT NULL
    UNION ALL
    SELECT g.facility_no, g.required_no, 'law', l.on_day, 'the law changed: ' || l.law_id, NULL
    FROM gone g
    JOIN reuse_law_day l
        ON l.country = g.country AND l.required_no = g.required_no AND l.on_day > g.evidence_day
        AND l.on_day <= getvariable('reuse_as_of')
    UNION ALL
    SELECT g.facility_no, g.required_no, 'requirement', r.changed_on, 'the requirement changed', NULL
    FROM gone g
    JOIN reuse_required r USING (required_no)
    WHERE r.changed_on > g.evidence_day
    UNION ALL
    SELECT g.facility_no, g.required_no, 'later_finding', b.last_day, 'a later assessment found it not met', NULL
    FROM gone g
    JOIN reuse_bad_news_told b ON b.facility_no = g.facility_no AND b.required_no = g.required_no AND b.last_day > g.evidence_day
    WHERE g.failed & 12288 > 0
    UNION ALL
    SELECT g.facility_no, g.required_no, 'same_visit', n.last_day, 'another assessment of that visit found it not met', NULL
    FROM gone g
    JOIN reuse_assessment a USING (assessment_no)
    JOIN reuse_visit_bad_news n ON n.visit_no = a.visit_no AND n.required_no = g.required_no
    WHERE g.failed & 12288 > 0 AND (n.is_seen OR getvariable('reuse_tells_all'))
    UNION ALL
    SELECT g.facility_no, g.required_no, 'verified_since', g.evidence_day, 'its verification answers it', NULL
    FROM gone g
    SEMI JOIN reuse_verified_told v ON v.assessment_no = g.assessment_no AND v.required_no = g.required_no
    WHERE g.failed & 16384 > 0
)
SELECT g.facility_no, g.required_no, g.assessment_no, g.evidence_day, e.kind, e.on_day, e.why, e.by_whom
FROM gone g
JOIN ending e ON e.facility_no = g.facility_no AND e.required_no = g.required_no
QUALIFY row_number() OVER (PARTITION BY g.facility_no, g.required_no ORDER BY e.on_day, e.kind, e.why, e.by_whom) = 1;

-- Everything else that was looked at and may be seen, and why it does not stand, the nearest to standing first.
CREATE OR REPLACE TEMP TABLE reuse_looked_at AS
WITH may_see AS (
    SELECT * REPLACE (CASE WHEN getvariable('reuse_tells_all') THEN failed ELSE failed_seen END AS failed)
    FROM reuse_judged
    WHERE right_no < 2 OR getvariable('reuse_tells_all')
),
nearest AS (
    SELECT facility_no, required_no, unnest(min(standing, getvariable('reuse_others'))) AS standing, count(*) AS candidates
    FROM may_see
    GROUP BY facility_no, required_no
)
SELECT
    j.facility_no, j.required_no, j.standing, j.assessment_no, j.evidence_day, j.state_no, j.verification_no, j.failed,
    j.choice, n.candidates,
    j.failed AS told
FROM may_see j
JOIN nearest n ON n.facility_no = j.facility_no AND n.required_no = j.required_no AND n.standing = j.standing;

CREATE OR REPLACE TEMP TABLE reuse_other AS
WITH mask AS (
    -- (That it was found and closed is told with its days.)
    SELECT m.told, string_agg(r.words, '; ' ORDER BY r.bit) FILTER (m.told & r.bit > 0 AND r.bit <> 65536) AS reasons
    FROM (SELECT DISTINCT told FROM reuse_looked_at) m
    CROSS JOIN reuse_reason r
    GROUP BY m.told
),
other AS (
    SELECT
        j.facility_no,
        j.required_no,
        j.standing,
        j.candidates,
        a.instrument || ' ' || coalesce(j.evidence_day::VARCHAR, 'undated') || ' (' || t.state || ', ' || v.verification || '): '
        || concat_ws(
            '; ',
            CASE WHEN j.state_no = 15 THEN
                'found on ' || coalesce(j.evidence_day::VARCHAR, 'a day not stated') || ', closed on '
                || coalesce(n.closed_on::VARCHAR, 'a day not stated')
                || coalesce(' by the follow-up of ' || n.closing_instrument, '') || ', closing not assessed'
            END,
            CASE
                WHEN j.failed = 0 THEN 'another stands before it'
                ELSE m.reasons
            END
        ) AS said
    FROM reuse_looked_at j
    JOIN reuse_assessment a USING (assessment_no)
    JOIN mask m USING (told)
    JOIN reuse_state t USING (state_no)
    LEFT JOIN reuse_found n ON n.finding_no = CASE WHEN j.state_no = 15 THEN (j.choice >> 1) & 8589934591 END
    JOIN (SELECT DISTINCT verification_no, verification::VARCHAR AS verification FROM reuse_verification) v
        ON v.verification_no = j.verification_no
    ANTI JOIN reuse_standing s
        ON s.facility_no = j.facility_no AND s.required_no = j.required_no AND s.standing = j.standing
),
once AS (
    SELECT facility_no, required_no, candidates, said, min(standing) AS standing FROM other GROUP BY ALL
)
SELECT
    facility_no, required_no,
    string_agg(said, ' | ' ORDER BY standing) || CASE
        WHEN any_value(candidates) > getvariable('reuse_others')
            THEN ' | and ' || (any_value(candidates) - getvariable('reuse_others')) || ' more'
        ELSE ''
    END AS others
FROM once
GROUP BY facility_no, required_no;

-- Until when it stands: as judged, or as long as it is granted.
CREATE OR REPLACE TEMP TABLE reuse_expiry AS
WITH ending AS (
    SELECT
        s.facility_no, s.required_no, s.expires_on, s.expires_by,
        CASE WHEN s.right_no = 1 THEN
            CASE WHEN s.state_no IN (1, 6) THEN greatest(g.answers_until, g.findings_until) ELSE g.answers_until END
        END AS granted_until
    FROM reuse_standing s
    JOIN reuse_seen g USING (assessment_no)
    WHERE s.shown_status = 'assessed' AND NOT s.is_hidden
)
SELECT
    facility_no, required_no,
    least(expires_on, granted_until) AS expires_on,
    CASE WHEN granted_until < expires_on THEN 'grant' ELSE expires_by END AS expires_by,
    nullif(granted_until, DATE '9999-12-31') AS granted_until,
    (SELECT min(w.days) FROM reuse_warning w WHERE least(expires_on, granted_until) - getvariable('reuse_as_of') <= w.days)
        AS expires_within
FROM ending;

CREATE OR REPLACE TEMP TABLE reuse_line AS
SELECT
    f.facility_id,
    f.name AS facility,
    f.country,
    r.pillar,
    r.topic_id,
    r.topic,
    r.indicator_id,
    r.indicator,
    r.kind,
    r.stated_by AS required_by,
    r.volatility,
    r.maximum_age_days,
    r.minimum_verification,
    s.shown_status AS status,
    s.status AS status_as_granted,
    s.status_if_granted AS status_if_all_granted,
    r.always AS always_asked_as,
    CASE
        WHEN s.shown_status = 'ask' THEN 'evidence is not enough'
        WHEN s.shown_status = 'grant_missing' AND g.is_granted_by_likeness
            THEN 'granted, but the record belongs to the factory by likeness only: decide the pair'
        WHEN s.shown_status = 'grant_missing' THEN coalesce(g.refused, 'not granted')
        WHEN s.shown_status = 'assessed' AND e.kind IS NOT NULL THEN 'stands for the buyer, who may not see what ended it'
    END AS reason,
    CASE WHEN s.shown_status = 'assessed' AND s.is_hidden THEN
        'assessed by ' || coalesce(n.title, a.instrument) || ' on ' || s.evidence_day || ', not granted'
    WHEN s.shown_status = 'assessed' THEN
        'already assessed by ' || coalesce(n.title, a.instrument)
        -- A reporting period is no day of an assessment: both are told apart.
        || CASE
            WHEN a.evidence_to IS NULL THEN ' on ' || s.evidence_day
            ELSE ' for the period ' || coalesce('from ' || a.evidence_from || ' ', '') || 'to ' || a.evidence_to
                || coalesce(CASE WHEN a.verified THEN ', verified on ' ELSE ', posted on ' END || a.assessed_on, '')
        END
        || ', basis ' || coalesce(b.basis, 'not stated') || ', verification ' || v.verification
    END AS said,
    CASE WHEN NOT s.is_hidden THEN t.state END AS state,
    a.instrument,
    CASE WHEN NOT s.is_hidden THEN a.edition END AS edition,
    s.evidence_day,
    CASE
        WHEN s.is_hidden THEN NULL
        WHEN s.evidence_day <> a.evidence_day THEN 'last day that this delivery states'
        ELSE a.day_counts_from
    END AS day_counts_from,
    getvariable('reuse_as_of') - s.evidence_day AS age_days,
    h.expires_on,
    h.expires_by,
    h.expires_on - getvariable('reuse_as_of') AS days_left,
    h.expires_within,
    CASE WHEN NOT s.is_hidden THEN v.verification END AS verification,
    CASE WHEN NOT s.is_hidden THEN b.basis END AS basis,
    CASE WHEN NOT s.is_hidden THEN c.threshold END AS threshold,
    CASE WHEN NOT s.is_hidden THEN a.kind::VARCHAR END AS assessment_kind,
    CASE WHEN NOT s.is_hidden THEN a.evidence_from END AS evidence_from,
    CASE WHEN NOT s.is_hidden THEN a.evidence_to END AS evidence_to,
    CASE WHEN NOT s.is_hidden THEN a.announcement END AS announcement,
    CASE WHEN NOT s.is_hidden THEN coalesce(a.assessor, k.facts['verifier_body']) END AS verifier_body,
    CASE WHEN NOT s.is_hidden THEN coalesce(c.level, k.facts['step']) END AS step_or_level,
    k.facts['person_days'] AS person_days,
    k.facts['interviews'] AS interviews,
    k.facts['payroll_sample'] AS payroll_sample,
    k.facts['buildings'] AS buildings,
    k.facts['dormitory'] AS dormitory,
    k.facts['worker_groups'] AS worker_groups,
    CASE WHEN NOT s.is_hidden THEN p.mapping_id END AS mapping_id,
    CASE WHEN NOT s.is_hidden THEN p.comparability END AS comparability,
    CASE WHEN NOT s.is_hidden THEN p.question_id END AS question_id,
    CASE WHEN NOT s.is_hidden THEN p.answered_state END AS answered_state,
    CASE WHEN NOT s.is_hidden AND NOT r.is_judged THEN p.value END AS value,
    CASE WHEN s.is_hidden THEN NULL ELSE CASE s.meant // 4 WHEN 0 THEN 'itself' WHEN 1 THEN 'a narrower indicator' WHEN 2 THEN 'a broader indicator' END END AS follows_from,
    l.laws AS law_then,
    w.laws AS law_now,
    o.open_findings,
    o.open_in,
    o.due_on AS action_due_on,
    CASE WHEN NOT s.is_hidden THEN o.closed_on END AS closed_on,
    CASE WHEN NOT s.is_hidden THEN o.closed_by END AS closed_by,
    o.severity_raw,
    y.differences,
    CASE s.right_no WHEN 0 THEN 'own' WHEN 1 THEN 'granted' WHEN 2 THEN 'not granted' END AS seen_by_right_of,
    CASE WHEN s.right_no = 1 THEN coalesce(g.answers_grant, g.findings_grant) END AS grant_id,
    h.granted_until,
    e.kind AS ended_by,
    e.on_day AS ended_on,
    e.why AS ended_why,
    x.instrument AS ended_instrument,
    e.evidence_day AS ended_evidence_day,
    z.others AS not_standing,
    CASE WHEN NOT s.is_hidden THEN a.assessment_id END AS assessment_id,
    CASE WHEN NOT s.is_hidden THEN a.native_id END AS native_id,
    CASE WHEN s.is_hidden THEN NULL WHEN p.is_told THEN p.path ELSE d.path END AS path,
    CASE WHEN s.is_hidden THEN NULL WHEN p.is_told THEN p.locator ELSE d.locator END AS locator,
    r.is_desk
FROM reuse_standing s
JOIN reuse_factory f USING (facility_no)
JOIN reuse_labelled r USING (required_no)
LEFT JOIN reuse_assessment a USING (assessment_no)
LEFT JOIN instrument n ON n.instrument = a.instrument
LEFT JOIN reuse_state t ON t.state_no = s.state_no
LEFT JOIN (SELECT DISTINCT verification_no, verification::VARCHAR AS verification FROM reuse_verification) v
    ON v.verification_no = s.verification_no
LEFT JOIN reuse_basis b ON b.basis_no = s.basis_no
LEFT JOIN (
    SELECT p.*, getvariable('reuse_tells_all') OR f.contributor = getvariable('reuse_contributor') AS is_told
    FROM reuse_place p
    JOIN file f USING (file_id)
) p ON p.facility_no = s.facility_no AND p.required_no = s.required_no
LEFT JOIN reuse_own_copy d ON d.assessment_no = CASE WHEN s.right_no = 0 THEN s.assessment_no END
LEFT JOIN crosswalk c ON c.mapping_id = p.mapping_id
LEFT JOIN reuse_told_of u ON u.assessment_no = s.assessment_no
LEFT JOIN reuse_assessment_fact k ON k.assessment_no = CASE WHEN u.answers THEN s.assessment_no END
LEFT JOIN reuse_law_text l ON l.country = f.country AND l.required_no = s.required_no AND l.day = s.evidence_day AND NOT s.is_hidden
LEFT JOIN (SELECT * FROM reuse_law_text WHERE day = getvariable('reuse_as_of')) w
    ON w.country = f.country AND w.required_no = s.required_no
LEFT JOIN reuse_expiry h ON h.facility_no = s.facility_no AND h.required_no = s.required_no
LEFT JOIN reuse_open o ON o.facility_no = s.facility_no AND o.required_no = s.required_no
LEFT JOIN reuse_difference y ON y.facility_id = f.facility_id AND y.indicator_id = r.indicator_id
LEFT JOIN reuse_seen g ON g.assessment_no = s.assessment_no
LEFT JOIN reuse_end e ON e.facility_no = s.facility_no AND e.required_no = s.required_no
LEFT JOIN reuse_assessment x ON x.assessment_no = e.assessment_no
LEFT JOIN reuse_other z ON z.facility_no = s.facility_no AND z.required_no = s.required_no
ORDER BY f.facility_id, r.pillar, r.topic_id, r.indicator_id;

-- Which grants to ask for: by assessment where a line tells of one, and how many it would settle; else by factory and
-- instrument alone, for what a list of findings says, and what a later assessment ended, is not told.
CREATE OR REPLACE TEMP TABLE reuse_grant_to_ask AS
WITH settled AS (
    SELECT facility_id, facility, country, instrument, evidence_day AS last_day, reason, count(*) AS would_settle
    FROM reuse_line
    WHERE status = 'grant_missing'
    GROUP BY ALL
),
untold AS (
    SELECT f.facility_id, f.name AS facility, f.country, a.instrument, coalesce(max(s.refused), 'not granted') AS reason
    FROM reuse_assessment a
    JOIN reuse_factory f USING (facility_no)
    JOIN reuse_seen s USING (assessment_no)
    WHERE getvariable('reuse_needs_grants') AND NOT s.owns AND s.answers_grant IS NULL AND NOT a.is_void
        AND (s.findings_grant IS NULL
            OR a.instrument IN (SELECT instrument FROM compact.stored_assessment WHERE answers > 0))
    GROUP BY ALL
)
SELECT t.*, r.who_may_grant
FROM (
    FROM settled
    UNION ALL BY NAME
    FROM untold u ANTI JOIN settled s ON s.facility_id = u.facility_id AND s.instrument = u.instrument
) t
JOIN instrument_rights r ON r.instrument = t.instrument AND r.who_may_grant <> 'nobody'
ORDER BY would_settle DESC NULLS LAST, facility_id, instrument, last_day;
