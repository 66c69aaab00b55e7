-- What the next audit of every factory would need, as granted and if all were granted; every figure follows from the row's
-- others and from the assumptions, which stand as variables.
-- Reads: reuse_factory, reuse_assessment, reuse_required, reuse_cell, reuse_judged. Variables: reuse_as_of, reuse_if_granted,
--        reuse_tells_all, reuse_* of the assumptions.
-- Writes: reuse_portfolio.
CREATE OR REPLACE TEMP TABLE reuse_portfolio AS
WITH scenario AS (
    SELECT 'as granted' AS scenario, facility_no, required_no, status AS cell_status, standing_granted AS standing
    FROM reuse_cell
    UNION ALL
    -- (Of what no line tells, no count tells either.)
    SELECT
        'if all were granted', facility_no, required_no,
        CASE WHEN coalesce(getvariable('reuse_tells_all'), false) THEN status_if_granted ELSE status_if_granted_told END,
        CASE WHEN coalesce(getvariable('reuse_tells_all'), false) THEN standing_any ELSE least(standing_granted, standing_hidden) END
    FROM reuse_cell
),
counted AS (
    SELECT
        c.scenario,
        c.facility_no,
        count(*) FILTER (c.cell_status <> 'always_ask') AS required,
        count(*) FILTER (c.cell_status = 'assessed') AS assessed,
        count(*) FILTER (c.cell_status IN ('ask', 'grant_missing') AND NOT r.is_desk) AS to_ask_on_site,
        count(*) FILTER (c.cell_status IN ('ask', 'grant_missing') AND r.is_desk) AS to_close_at_a_desk,
        count(*) FILTER (c.cell_status = 'grant_missing') AS grants_missing,
        count(*) FILTER (c.cell_status = 'always_ask') AS always_asked,
        max(j.evidence_day) FILTER (c.cell_status = 'assessed' AND j.verification_no = 3 AND a.is_full_visit)
            AS last_visit,
        -- What the buyer may not see is not told by its day either, unless the plan is asked for as if it might.
        max(j.evidence_day) FILTER (
            c.cell_status = 'assessed' AND j.verification_no = 3 AND a.is_full_visit
                AND (j.right_no < 2 OR coalesce(getvariable('reuse_if_granted'), false) OR coalesce(getvariable('reuse_tells_all'), false))
        ) AS last_visit_that_counts
    FROM scenario c
    JOIN reuse_required r USING (required_no)
    LEFT JOIN reuse_judged j
        ON j.facility_no = c.facility_no AND j.required_no = c.required_no AND j.standing = c.standing
    LEFT JOIN reuse_assessment a USING (assessment_no)
    GROUP BY c.scenario, c.facility_no
),
sized AS (
    SELECT
        c.*, f.facility_id, f.name AS facility, f.country, f.workers,
        coalesce(
            (SELECT arg_min(s.days, s.up_to) FROM reuse_audit_step s WHERE f.workers <= s.up_to),
            getvariable('reuse_days_where_workers_are_unknown')
        ) AS full_days
    FROM counted c
    JOIN reuse_factory f USING (facility_no)
),
needed AS (
    SELECT
        *,
        assessed > 0 AND to_ask_on_site = 0
            AND coalesce(
                getvariable('reuse_as_of') - last_visit <= getvariable('reuse_visit_lately_days'), false
            ) AS may_drop,
        least(
            full_days,
            ceil(
                (getvariable('reuse_fixed_overhead_days')
                    + greatest(full_days - getvariable('reuse_fixed_overhead_days'), 0) * to_ask_on_site / greatest(required, 1))
                / getvariable('reuse_rounding_days')
            ) * getvariable('reuse_rounding_days')
        ) AS shortened_days
    FROM sized
),
priced AS (
    SELECT
        *,
        CASE WHEN may_drop THEN 0 ELSE shortened_days END AS least_days,
        (full_days - CASE WHEN may_drop THEN 0 ELSE shortened_days END) * getvariable('reuse_day_rate')
            + CASE WHEN may_drop THEN getvariable('reuse_visit_cost') ELSE 0 END
            - to_close_at_a_desk * getvariable('reuse_desk_cost_per_indicator') AS saving
    FROM needed
),
decided AS (
    SELECT
        *,
        CASE
            WHEN assessed = 0 OR saving <= 0 OR full_days - least_days < getvariable('reuse_least_saving_days') THEN 'kept'
            WHEN may_drop THEN 'dropped'
            ELSE 'shortened'
        END AS audit
    FROM priced
)
SELECT
    scenario, facility_id, facility, country, workers, required, assessed, to_ask_on_site, to_close_at_a_desk,
    grants_missing, always_asked, last_visit_that_counts, full_days, audit,
    CASE WHEN audit = 'kept' THEN full_days ELSE least_days END AS days_needed,
    CASE WHEN audit = 'kept' THEN 0 ELSE full_days - least_days END AS days_saved,
    CASE WHEN audit = 'kept' THEN 0 ELSE saving END AS money_saved
FROM decided
ORDER BY scenario, facility_id;
