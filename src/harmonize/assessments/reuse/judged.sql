-- Every candidate held against its requirement, and for every factory and required indicator the one that stands.
-- Each bit of `failed` is a reason (reuse_reason). What stands is the first in one written order: what was stated before
-- silence; the latest visit; the strongest verification; what is not met before what is partly met, met, not
-- applicable; what speaks of the indicator itself before what follows from a narrower or a broader one; the exact mapping
-- before the close one and those that imply in part; one's own before what was granted; then by id.
-- Reads: what world.sql, candidates.sql and events.sql wrote. Variables: reuse_as_of, reuse_needs_grants,
--        reuse_ends, reuse_ungranted (bits).
-- Writes: reuse_judged, reuse_cell.

-- A later answer or finding that is not met ends the reuse of whatever was better; one of an assessment that was found void
-- is none. `failed` counts all there is, for the steward; `failed_seen` what the buyer may see alone (domain rule 24): its
-- lines read as if the rest did not exist.
CREATE OR REPLACE TEMP TABLE reuse_news AS
SELECT c.assessment_no, c.required_no, c.right_no, c.evidence_day
FROM reuse_candidate c
LEFT JOIN reuse_found n ON n.finding_no = CASE WHEN c.state_no = 15 THEN (c.choice >> 1) & 8589934591 END
WHERE c.state_no = 1 OR n.was_open;

CREATE OR REPLACE TEMP TABLE reuse_bad_news AS
SELECT
    a.facility_no, c.required_no, max(c.evidence_day) AS last_day,
    max(c.evidence_day) FILTER (c.right_no < 2 OR NOT getvariable('reuse_needs_grants')) AS last_seen_day
FROM reuse_news c
JOIN reuse_assessment a USING (assessment_no)
WHERE NOT a.is_void
GROUP BY a.facility_no, c.required_no;

-- Within one visit what is not met stands before all that is better, whichever of its instruments says so and whatever day
-- it bears: days inside a visit say nothing of what came later.
CREATE OR REPLACE TEMP TABLE reuse_visit_bad_news AS
SELECT
    a.visit_no, c.required_no, max(c.evidence_day) AS last_day,
    bool_or(c.right_no < 2 OR NOT getvariable('reuse_needs_grants')) AS is_seen
FROM reuse_candidate c
JOIN reuse_assessment a USING (assessment_no)
WHERE c.state_no = 1 AND NOT a.is_void
GROUP BY a.visit_no, c.required_no;

-- The last day on which a visit speaks of what is required: visits are put in order, not their days.
CREATE OR REPLACE TEMP TABLE reuse_visit_day AS
SELECT a.visit_no, c.required_no, max(c.evidence_day) AS visit_day
FROM reuse_candidate c
JOIN reuse_assessment a USING (assessment_no)
GROUP BY a.visit_no, c.required_no;

-- What a verifier answered stands in place of what the factory had answered to the same.
CREATE OR REPLACE TEMP TABLE reuse_verified AS
SELECT s.assessment_no, c.required_no, bool_or(c.right_no < 2 OR NOT getvariable('reuse_needs_grants')) AS is_seen
FROM reuse_candidate c
JOIN reuse_assessment v USING (assessment_no)
JOIN reuse_assessment s ON s.assessment_id = v.verified_of
WHERE c.state_no < 6
GROUP BY s.assessment_no, c.required_no;

CREATE OR REPLACE TEMP TABLE reuse_judged AS
WITH held AS (
    SELECT
        c.*,
        a.facility_no,
        a.place,
        d.visit_day,
        CASE WHEN c.verification_no = 4 THEN r.auto_rank ELSE c.verification_no END AS rank,
        (CASE WHEN c.state_no BETWEEN 7 AND 14 THEN 1 ELSE 0 END)
        | (CASE WHEN c.state_no = 6 AND NOT r.no_finding THEN 2 ELSE 0 END)
        | (CASE WHEN r.instruments IS NOT NULL AND NOT list_contains(r.instruments, a.instrument) THEN 4 ELSE 0 END)
        | (CASE WHEN r.bases IS NOT NULL AND r.kind = 'compliance' AND NOT list_contains(r.bases, c.basis_no) THEN 8 ELSE 0 END)
        | (CASE
            WHEN (CASE WHEN c.verification_no = 4 THEN r.auto_rank ELSE c.verification_no END) < r.verification_rank THEN 16
            ELSE 0
        END)
        | (CASE WHEN c.evidence_day IS NULL THEN 32 ELSE 0 END)
        | (CASE WHEN c.evidence_day + r.maximum_age_days::INTEGER < getvariable('reuse_as_of') THEN 64 ELSE 0 END)
        | (CASE WHEN a.bound_until < getvariable('reuse_as_of') THEN 128 ELSE 0 END)
        | (CASE WHEN a.ended_by_status IS NOT NULL THEN 256 ELSE 0 END)
        | (CASE WHEN w.assessment_no IS NOT NULL OR p.assessment_no IS NOT NULL THEN 512 ELSE 0 END)
        | (CASE WHEN l.last_day > c.evidence_day THEN 1024 ELSE 0 END)
        | (CASE WHEN r.changed_on > c.evidence_day THEN 2048 ELSE 0 END)
        | (CASE
            WHEN c.state_no = 1 THEN 0
            WHEN b.last_seen_day > c.evidence_day OR n.is_seen THEN 4096
            WHEN b.last_day > c.evidence_day OR n.visit_no IS NOT NULL THEN 8192
            ELSE 0
        END)
        | (CASE WHEN v.assessment_no IS NOT NULL THEN 16384 ELSE 0 END)
        | (CASE WHEN c.right_no = 2 AND getvariable('reuse_needs_grants') THEN 32768 ELSE 0 END)
        | (CASE WHEN c.state_no = 15 THEN 65536 ELSE 0 END) AS failed,
        -- What the buyer may not see decides nothing for it.
        failed & ~(
            8192
            | (CASE WHEN ws.assessment_no IS NULL AND ps.assessment_no IS NULL THEN 512 ELSE 0 END)
            | (CASE WHEN v.is_seen THEN 0 ELSE 16384 END)
        ) AS failed_seen
    FROM reuse_candidate c
    JOIN reuse_assessment a USING (assessment_no)
    JOIN reuse_required r USING (required_no)
    LEFT JOIN reuse_ended_whole w ON w.assessment_no = c.assessment_no AND w.evidence_day = c.evidence_day
    LEFT JOIN reuse_ended_part p
        ON p.assessment_no = c.assessment_no AND p.evidence_day = c.evidence_day AND p.required_no = c.required_no
    LEFT JOIN reuse_ended_whole_seen ws ON ws.assessment_no = c.assessment_no AND ws.evidence_day = c.evidence_day
    LEFT JOIN reuse_ended_part_seen ps
        ON ps.assessment_no = c.assessment_no AND ps.evidence_day = c.evidence_day AND ps.required_no = c.required_no
    LEFT JOIN reuse_law_change l ON l.country = a.country AND l.required_no = c.required_no
    LEFT JOIN reuse_bad_news b ON b.facility_no = a.facility_no AND b.required_no = c.required_no
    LEFT JOIN reuse_visit_bad_news n ON n.visit_no = a.visit_no AND n.required_no = c.required_no
    JOIN reuse_visit_day d ON d.visit_no = a.visit_no AND d.required_no = c.required_no
    LEFT JOIN reuse_verified v ON v.assessment_no = c.assessment_no AND v.required_no = c.required_no
)
SELECT
    facility_no, required_no, assessment_no, evidence_day, state_no, verification_no, basis_no, source_no, right_no, choice,
    failed, failed_seen,
    -- (A day of our time has a number below 2^16.)
    ((state_no = 6)::BIGINT << 57)
    | ((65535 - coalesce(visit_day - DATE '1970-01-01', 0))::BIGINT << 41)
    | ((3 - rank)::BIGINT << 38)
    | (state_no::BIGINT << 34)
    | ((choice >> 34) << 30)
    | (right_no::BIGINT << 28)
    | (place::BIGINT << 7)
    | (verification_no::BIGINT << 4)
    | (basis_no::BIGINT << 1)
    | source_no::BIGINT AS standing
FROM held;

CREATE OR REPLACE TEMP TABLE reuse_cell AS
WITH best AS (
    SELECT
        facility_no, required_no,
        min(standing) FILTER (failed_seen = 0) AS standing_granted,
        -- Of what a grant would open only answers are told of: that a list of findings speaks of a matter says what it found.
        min(standing) FILTER (failed_seen & ~getvariable('reuse_ungranted') = 0 AND source_no = 0 AND right_no = 2)
            AS standing_hidden,
        min(standing) FILTER (failed & ~getvariable('reuse_ungranted') = 0) AS standing_any,
        -- What would stand, had nothing ended its reuse: of what the buyer may see, and as it is.
        min(standing) FILTER (failed_seen & getvariable('reuse_ends') > 0 AND failed_seen & ~getvariable('reuse_ends') = 0)
            AS standing_ended_seen,
        min(standing) FILTER (
            failed & getvariable('reuse_ends') > 0
            AND failed & ~(getvariable('reuse_ends') | getvariable('reuse_ungranted')) = 0
        ) AS standing_ended,
        count(*) AS candidates
    FROM reuse_judged
    GROUP BY facility_no, required_no
)
SELECT
    f.facility_no, r.required_no, b.* EXCLUDE (facility_no, required_no),
    CASE
        WHEN r.always IS NOT NULL THEN 'always_ask'
        WHEN b.standing_granted IS NOT NULL THEN 'assessed'
        WHEN b.standing_hidden IS NOT NULL THEN 'grant_missing'
        ELSE 'ask'
    END AS status,
    CASE
        WHEN r.always IS NOT NULL THEN 'always_ask'
        WHEN b.standing_granted IS NOT NULL OR b.standing_hidden IS NOT NULL THEN 'assessed'
        ELSE 'ask'
    END AS status_if_granted_told,
    CASE
        WHEN r.always IS NOT NULL THEN 'always_ask'
        WHEN b.standing_any IS NOT NULL THEN 'assessed'
        ELSE 'ask'
    END AS status_if_granted
FROM reuse_factory f
CROSS JOIN reuse_required r
-- What is asked in other countries alone is not required here.
ANTI JOIN reuse_elsewhere e ON e.required_no = r.required_no AND e.country = f.country
LEFT JOIN best b ON b.facility_no = f.facility_no AND b.required_no = r.required_no;
