-- One line for every factory and required indicator: what stands and every fact that a buyer must know to rely on it
-- (domain rule 17), or what is to be asked and why. What the buyer may not see is not told, but that it is there.
-- Reads: what the other statements wrote, reuse_fact, reuse_reason, the release. Variables: reuse_as_of, reuse_if_granted, reuse_language,
--        reuse_others (how many are told).
-- Writes: reuse_standing, reuse_end, reuse_line.
CREATE OR REPLACE TEMP TABLE reuse_labelled AS
SELECT
    r.*,
    coalesce(t.labels ->> getvariable('reuse_language'), t.labels ->> 'en') AS topic,
    coalesce(i.labels ->> getvariable('reuse_language'), i.labels ->> 'en') AS indicator
FROM reuse_required r
JOIN topic t USING (topic_id)
JOIN indicator i USING (indicator_id);

CREATE OR REPLACE TEMP TABLE reuse_mask AS
WITH mask AS (SELECT DISTINCT failed FROM reuse_judged)
SELECT
    m.failed,
    -- (That it was found and closed is told with its days.)
    coalesce(string_agg(r.words, '; ' ORDER BY r.bit) FILTER (m.failed & r.bit > 0 AND r.bit <> 65536), '') AS reasons,
    coalesce(string_agg(r.words, '; ' ORDER BY r.bit) FILTER (m.failed & r.bit > 0 AND r.is_plain), '') AS plain_reasons
FROM mask m
CROSS JOIN reuse_reason r
GROUP BY m.failed;

CREATE OR REPLACE TEMP TABLE reuse_standing AS
WITH shown AS (
    SELECT *, CASE WHEN getvariable('reuse_if_granted') THEN status_if_granted ELSE status END AS shown_status FROM reuse_cell
),
chosen AS (
    -- (Joined by equalities alone: with a condition on one side DuckDB compares every row with every other.)
    SELECT
        *,
        CASE
            WHEN shown_status NOT IN ('assessed', 'grant_missing') THEN NULL
            WHEN getvariable('reuse_if_granted') THEN standing_any
            ELSE coalesce(standing_granted, standing_any)
        END AS standing
    FROM shown
)
SELECT
    c.facility_no, c.required_no, c.shown_status, c.status, c.status_if_granted, c.candidates, c.standing_ended,
    j.* EXCLUDE (facility_no, required_no),
    least(a.evidence_day + r.maximum_age_days, a.bound_until, l.next_day - 1, r.changes_on - 1) AS expires_on,
    CASE least(a.evidence_day + r.maximum_age_days, a.bound_until, l.next_day - 1, r.changes_on - 1)
        WHEN a.evidence_day + r.maximum_age_days THEN 'buyer_policy'
        WHEN a.bound_until THEN a.valid_until_basis::VARCHAR
        WHEN l.next_day - 1 THEN 'law'
        ELSE 'requirement'
    END AS expires_by,
    j.choice >> 34 AS meant,
    CASE WHEN j.source_no = 0 THEN ((j.choice >> 1) & 8589934591)::INTEGER END AS question_no,
    CASE WHEN j.source_no = 0 THEN CASE WHEN j.choice & 1 = 1 THEN 'verifier' ELSE 'facility' END END AS answered_by,
    CASE WHEN j.source_no = 1 THEN (j.choice >> 1) & 8589934591 END AS finding_no,
    -- What is not granted is there, and no more is told of it.
    j.right_no = 2 AND NOT getvariable('reuse_if_granted') AND c.shown_status = 'grant_missing' AS is_hidden
FROM chosen c
LEFT JOIN reuse_judged j
    ON j.facility_no = c.facility_no AND j.required_no = c.required_no AND j.standing = c.standing
LEFT JOIN reuse_assessment a USING (assessment_no)
LEFT JOIN reuse_required r ON r.required_no = c.required_no
LEFT JOIN reuse_law_change l ON l.country = a.country AND l.required_no = c.required_no;

-- Where each fact stands: the cell of the answer, the row of the finding, or the report whose silence it is.
CREATE OR REPLACE TEMP TABLE reuse_place AS
SELECT
    s.facility_no, s.required_no, f.path, p.prefix || coalesce(a.row_no::VARCHAR, '') || p.suffix AS locator, q.question_id,
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
UNION ALL
SELECT s.facility_no, s.required_no, f.path, n.locator, n.clause_raw, n.mapping_id, c.predicate, 'not_met', NULL
FROM reuse_standing s
JOIN reuse_found n ON n.finding_no = s.finding_no
JOIN file f USING (file_id)
LEFT JOIN crosswalk c USING (mapping_id)
UNION ALL
SELECT s.facility_no, s.required_no, f.path, c.locator, NULL, NULL, NULL, 'no_finding', NULL
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

-- Findings on the indicator itself in the assessment that stands.
CREATE OR REPLACE TEMP TABLE reuse_open AS
SELECT
    s.facility_no, s.required_no,
    count(*) FILTER (n.status IS DISTINCT FROM 'closed') AS open_findings,
    min(n.due_on) FILTER (n.status IS DISTINCT FROM 'closed') AS due_on,
    string_agg(DISTINCT n.severity_raw, ', ' ORDER BY n.severity_raw) AS severity_raw,
    max(n.closed_on) FILTER (n.status = 'closed') AS closed_on
FROM reuse_standing s
JOIN reuse_required r USING (required_no)
JOIN reuse_found n ON n.assessment_no = s.assessment_no AND n.indicator_id = r.indicator_id
GROUP BY s.facility_no, s.required_no;

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

-- What ended the reuse of what would stand without: the earliest of all that did.
CREATE OR REPLACE TEMP TABLE reuse_end AS
WITH gone AS (
    SELECT c.facility_no, c.required_no, j.assessment_no, j.failed, j.evidence_day, j.right_no, f.country
    FROM reuse_cell c
    JOIN reuse_judged j
        ON j.facility_no = c.facility_no AND j.required_no = c.required_no AND j.standing = c.standing_ended
    JOIN reuse_factory f ON f.facility_no = c.facility_no
    WHERE CASE WHEN getvariable('reuse_if_granted') THEN c.status_if_granted ELSE c.status END IN ('ask', 'grant_missing')
),
ending AS (
    SELECT g.facility_no, g.required_no, e.kind, e.on_day, e.why, e.by_whom, t.right_no AS seen
    FROM gone g
    JOIN reuse_ended_whole e USING (assessment_no)
    LEFT JOIN (SELECT assessment_no, CASE WHEN owns OR findings_grant IS NOT NULL THEN 1 ELSE 2 END AS right_no FROM reuse_seen) t
        ON t.assessment_no = e.told_by
    UNION ALL
    SELECT g.facility_no, g.required_no, e.kind, e.on_day, e.why, e.by_whom, NULL
    FROM gone g
    JOIN reuse_ended_part e USING (assessment_no, required_no)
    UNION ALL
    SELECT g.facility_no, g.required_no, 'status', a.evidence_day, a.ended_by_status || ' (' || a.status || ')', NULL, g.right_no
    FROM gone g
    JOIN reuse_assessment a USING (assessment_no)
    WHERE a.ended_by_status IS NOT NULL
    UNION ALL
    SELECT g.facility_no, g.required_no, 'law', l.on_day, 'the law changed: ' || l.law_id, NULL, NULL
    FROM gone g
    JOIN reuse_law_day l
        ON l.country = g.country AND l.required_no = g.required_no AND l.on_day > g.evidence_day
        AND l.on_day <= getvariable('reuse_as_of')
    UNION ALL
    SELECT g.facility_no, g.required_no, 'requirement', r.changed_on, 'the requirement changed', NULL, NULL
    FROM gone g
    JOIN reuse_required r USING (required_no)
    WHERE r.changed_on > g.evidence_day
    UNION ALL
    SELECT g.facility_no, g.required_no, 'later_finding', b.last_day, 'a later assessment found it not met', NULL,
        CASE WHEN b.last_seen_day = b.last_day THEN 1 ELSE 2 END
    FROM gone g
    JOIN reuse_bad_news b USING (facility_no, required_no)
    WHERE g.failed & 12288 > 0 AND b.last_day > g.evidence_day
    UNION ALL
    SELECT g.facility_no, g.required_no, 'same_visit', n.last_day, 'another assessment of that visit found it not met', NULL,
        CASE WHEN n.is_seen THEN 1 ELSE 2 END
    FROM gone g
    JOIN reuse_assessment a USING (assessment_no)
    JOIN reuse_visit_bad_news n ON n.visit_no = a.visit_no AND n.required_no = g.required_no
    WHERE g.failed & 12288 > 0
    UNION ALL
    SELECT g.facility_no, g.required_no, 'verified_since', g.evidence_day, 'its verification answers it', NULL, NULL
    FROM gone g
    WHERE g.failed & 16384 > 0
)
SELECT
    g.facility_no, g.required_no, g.assessment_no, g.evidence_day, g.right_no, e.kind, e.on_day,
    CASE
        WHEN coalesce(e.seen, 0) = 2 AND getvariable('reuse_needs_grants') AND NOT getvariable('reuse_if_granted')
            THEN 'what stands in an assessment that is not granted'
        ELSE e.why
    END AS why,
    e.by_whom
FROM gone g
JOIN ending e ON e.facility_no = g.facility_no AND e.required_no = g.required_no
QUALIFY row_number() OVER (PARTITION BY g.facility_no, g.required_no ORDER BY e.on_day, e.kind, e.why, e.by_whom) = 1;

-- Everything else that was looked at and why it does not stand, the nearest to standing first.
CREATE OR REPLACE TEMP TABLE reuse_other AS
WITH nearest AS (
    SELECT facility_no, required_no, unnest(min(standing, getvariable('reuse_others'))) AS standing
    FROM reuse_judged
    GROUP BY facility_no, required_no
),
other AS (
    SELECT
        j.facility_no,
        j.required_no,
        j.standing,
        CASE
            WHEN j.right_no = 2 AND getvariable('reuse_needs_grants') AND NOT getvariable('reuse_if_granted')
                THEN a.instrument || ' ' || coalesce(j.evidence_day::VARCHAR, 'undated') || ': ' || m.plain_reasons
            ELSE a.instrument || ' ' || coalesce(j.evidence_day::VARCHAR, 'undated') || ' (' || t.state || ', ' || v.verification
                || '): ' || concat_ws(
                    '; ',
                    CASE WHEN j.state_no = 15 THEN
                        'found on ' || coalesce(j.evidence_day::VARCHAR, 'a day not stated') || ', closed on '
                        || coalesce(n.closed_on::VARCHAR, 'a day not stated') || ', closing not assessed'
                    END,
                    CASE WHEN j.failed = 0 THEN 'another stands before it' ELSE nullif(m.reasons, '') END
                )
        END AS said
    FROM reuse_judged j
    SEMI JOIN nearest n ON n.facility_no = j.facility_no AND n.required_no = j.required_no AND n.standing = j.standing
    JOIN reuse_assessment a USING (assessment_no)
    JOIN reuse_mask m USING (failed)
    JOIN reuse_state t USING (state_no)
    LEFT JOIN reuse_found n ON n.finding_no = CASE WHEN j.state_no = 15 THEN (j.choice >> 1) & 8589934591 END
    JOIN (SELECT DISTINCT verification_no, verification::VARCHAR AS verification FROM reuse_verification) v
        ON v.verification_no = j.verification_no
    ANTI JOIN reuse_standing s
        ON s.facility_no = j.facility_no AND s.required_no = j.required_no AND s.standing = j.standing
),
once AS (
    SELECT facility_no, required_no, said, min(standing) AS standing FROM other GROUP BY facility_no, required_no, said
)
SELECT
    facility_no, required_no,
    string_agg(said, ' | ' ORDER BY standing) || CASE
        WHEN any_value(c.candidates) > getvariable('reuse_others')
            THEN ' | and ' || (any_value(c.candidates) - getvariable('reuse_others')) || ' more'
        ELSE ''
    END AS others
FROM once
JOIN reuse_cell c USING (facility_no, required_no)
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
    WHERE s.shown_status = 'assessed'
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
    CASE WHEN s.shown_status = 'assessed' THEN
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
    a.edition,
    s.evidence_day,
    a.day_counts_from,
    getvariable('reuse_as_of') - s.evidence_day AS age_days,
    h.expires_on,
    h.expires_by,
    h.expires_on - getvariable('reuse_as_of') AS days_left,
    h.expires_within,
    CASE WHEN NOT s.is_hidden THEN v.verification END AS verification,
    CASE WHEN NOT s.is_hidden THEN b.basis END AS basis,
    CASE WHEN NOT s.is_hidden THEN c.threshold END AS threshold,
    a.kind::VARCHAR AS assessment_kind,
    a.evidence_from,
    a.evidence_to,
    a.announcement,
    coalesce(a.assessor, k.facts['verifier_body']) AS verifier_body,
    coalesce(c.level, k.facts['step']) AS step_or_level,
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
    CASE s.meant // 4 WHEN 0 THEN 'itself' WHEN 1 THEN 'a narrower indicator' WHEN 2 THEN 'a broader indicator' END AS follows_from,
    l.laws AS law_then,
    w.laws AS law_now,
    CASE WHEN NOT s.is_hidden THEN o.open_findings END AS open_findings,
    CASE WHEN NOT s.is_hidden THEN o.due_on END AS action_due_on,
    CASE WHEN NOT s.is_hidden THEN o.closed_on END AS closed_on,
    CASE WHEN NOT s.is_hidden THEN o.severity_raw END AS severity_raw,
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
    CASE WHEN NOT s.is_hidden THEN p.path END AS path,
    CASE WHEN NOT s.is_hidden THEN p.locator END AS locator,
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
LEFT JOIN reuse_place p ON p.facility_no = s.facility_no AND p.required_no = s.required_no
LEFT JOIN crosswalk c ON c.mapping_id = p.mapping_id
LEFT JOIN reuse_assessment_fact k ON k.assessment_no = CASE WHEN NOT s.is_hidden THEN s.assessment_no END
LEFT JOIN reuse_law_text l ON l.country = f.country AND l.required_no = s.required_no AND l.day = s.evidence_day
LEFT JOIN (SELECT * FROM reuse_law_text WHERE day = getvariable('reuse_as_of')) w
    ON w.country = f.country AND w.required_no = s.required_no
LEFT JOIN reuse_expiry h ON h.facility_no = s.facility_no AND h.required_no = s.required_no
LEFT JOIN reuse_open o ON o.facility_no = s.facility_no AND o.required_no = s.required_no
LEFT JOIN reuse_seen g ON g.assessment_no = s.assessment_no
LEFT JOIN reuse_end e ON e.facility_no = s.facility_no AND e.required_no = s.required_no
LEFT JOIN reuse_assessment x ON x.assessment_no = e.assessment_no
LEFT JOIN reuse_other z ON z.facility_no = s.facility_no AND z.required_no = s.required_no
ORDER BY f.facility_id, r.pillar, r.topic_id, r.indicator_id;
