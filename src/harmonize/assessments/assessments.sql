-- Assessments with their copies and lineage.
-- Reads: delivery_group, delivery_content, minted_assessment (group_key, assessment_id), staged_scope.
-- Writes: made_copy, made_assessment, made_scope, lineage_issue.
CREATE OR REPLACE TABLE made_copy AS
WITH told AS (
    SELECT g.*, c.fingerprint
    FROM delivery_group g
    LEFT JOIN delivery_content c USING (content_file_id, assessment_no)
),
first_delivery AS (
    SELECT group_key, contributor, kind, fingerprint, status, updated_at FROM told WHERE delivery_order = 1
),
earlier AS (
    -- Whether an earlier delivery, and one by the same contributor, said just the same.
    SELECT
        d.file_id,
        d.assessment_no,
        bool_or(e.contributor = d.contributor AND e.fingerprint IS NOT DISTINCT FROM d.fingerprint) AS said_so,
        bool_or(e.contributor = d.contributor) AS delivered_before,
        bool_or(e.fingerprint IS NOT DISTINCT FROM d.fingerprint) AS known_content
    FROM told d
    JOIN told e ON e.group_key = d.group_key AND e.delivery_order < d.delivery_order
    GROUP BY d.file_id, d.assessment_no
)
SELECT
    'HC' || upper(substr(sha256(d.file_id || '|' || d.locator), 1, 16)) AS copy_id,
    n.assessment_id,
    d.file_id,
    d.content_file_id,
    d.assessment_no,
    d.locator,
    d.contributor,
    d.native_id,
    CASE
        WHEN d.delivery_order = 1 THEN 'original'
        WHEN e.said_so THEN 'reupload'
        WHEN d.kind = 'transparency' AND f.kind <> 'transparency' THEN 'copy'
        WHEN e.delivered_before THEN 'amended'
        WHEN e.known_content THEN 'copy'
        WHEN d.status IS DISTINCT FROM f.status OR d.updated_at IS DISTINCT FROM f.updated_at THEN 'amended'
        ELSE 'copy'
    END AS relation,
    d.received_at,
    d.delivery_rank = 1 AS wins,
    d.evidence,
    d.delivery_rank,
    d.published
FROM told d
JOIN minted_assessment n USING (group_key)
JOIN first_delivery f USING (group_key)
LEFT JOIN earlier e ON e.file_id = d.file_id AND e.assessment_no = d.assessment_no;

CREATE OR REPLACE TABLE made_assessment AS
WITH merged AS (
    -- Header values come from the winning delivery; what it leaves blank is filled from the next: `arg_min` passes over it.
    SELECT
        n.assessment_id,
        arg_min(d.facility_id, delivery_rank) AS facility_id,
        arg_min(d.instrument, delivery_rank) AS instrument,
        arg_min(d.edition, delivery_rank) AS edition,
        arg_min(d.kind, delivery_rank) AS kind,
        arg_min(d.assessed_on, delivery_rank) AS assessed_on,
        arg_min(d.ended_on, delivery_rank) AS ended_on,
        arg_min(d.period_start, delivery_rank) AS period_start,
        arg_min(d.period_end, delivery_rank) AS period_end,
        arg_min(d.valid_until, delivery_rank) AS valid_until,
        arg_min(d.valid_until_basis, delivery_rank) AS valid_until_basis,
        arg_min(d.verified, delivery_rank) AS verified,
        arg_min(d.status, delivery_rank) AS status,
        arg_min(d.rating_raw, delivery_rank) AS rating_raw,
        arg_min(d.score, delivery_rank) AS score,
        arg_min(d.related_native_id, delivery_rank) AS related_native_id,
        arg_min(d.account_key, delivery_rank) AS account_key,
        arg_min(d.announcement, delivery_rank) AS announcement,
        arg_min(d.assessor, delivery_rank) AS assessor,
        arg_min(d.cycle, delivery_rank) AS cycle,
        arg_min(d.native_id, delivery_rank) AS native_id,
        arg_min(d.assessment_type, delivery_rank) AS assessment_type,
        arg_min(d.published, delivery_rank) AS published,
        count(*) AS copy_count
    FROM delivery_group d
    JOIN minted_assessment n USING (group_key)
    GROUP BY n.assessment_id
),
linked AS (
    SELECT
        m.*,
        coalesce(related.assessment_id, own.assessment_id) AS verified_of
    FROM merged m
    LEFT JOIN merged related
        ON related.instrument = m.instrument AND related.native_id = m.related_native_id
        AND related.assessment_id <> m.assessment_id AND related.facility_id = m.facility_id AND related.kind = 'self'
    LEFT JOIN (
        -- A verified envelope without a named partner verifies the one self-assessment of its account and edition.
        SELECT instrument, account_key, facility_id, min(assessment_id) AS assessment_id
        FROM merged
        WHERE kind = 'self' AND account_key IS NOT NULL AND published
        GROUP BY instrument, account_key, facility_id
        HAVING count(*) = 1
    ) own
        -- (Equalities alone: with a condition on one side DuckDB compares every row with every other.)
        ON own.instrument = m.instrument AND own.facility_id = m.facility_id
        AND own.account_key = CASE WHEN m.kind = 'verified' AND m.related_native_id IS NULL THEN m.account_key END
),
previous AS (
    SELECT
        a.assessment_id,
        first(b.assessment_id ORDER BY b.assessed_on DESC, b.assessment_id) AS previous_id,
        first(b.assessment_id ORDER BY b.assessed_on DESC, b.assessment_id)
            FILTER (NOT regexp_matches(lower(coalesce(b.assessment_type, '')), 'follow')) AS previous_full_id
    FROM linked a
    JOIN linked b
        ON b.facility_id = a.facility_id AND b.instrument = a.instrument AND b.kind = a.kind
        AND b.assessed_on < a.assessed_on AND b.published
    WHERE a.published
    GROUP BY a.assessment_id
)
SELECT
    l.* EXCLUDE (related_native_id, account_key),
    CASE WHEN regexp_matches(lower(coalesce(assessment_type, '')), 'follow') THEN p.previous_id END AS follow_up_of,
    CASE WHEN NOT regexp_matches(lower(coalesce(assessment_type, '')), 'follow') THEN p.previous_full_id END AS supersedes,
    period_start AS evidence_from,
    period_end AS evidence_to
FROM linked l
LEFT JOIN previous p USING (assessment_id);

CREATE OR REPLACE TABLE made_scope AS
SELECT DISTINCT
    c.assessment_id,
    s.topic_id,
    s.scope
FROM staged_scope s
JOIN made_copy c ON c.content_file_id = s.file_id AND c.assessment_no = s.assessment_no
WHERE c.wins;

-- A verified assessment that names the self-assessment of another factory is not linked to it.
CREATE OR REPLACE TABLE lineage_issue AS
SELECT
    d.file_id,
    d.locator,
    'lineage_across_factories' AS code,
    'warning' AS severity,
    d.related_native_id AS value,
    'The assessment ''' || d.related_native_id || ''' that this one verifies belongs to another factory.' AS message,
    'Correct the id in the export, or decide that the two records are one factory.' AS hint,
    false AS withheld
FROM delivery_group d
JOIN made_assessment a
    ON a.instrument = d.instrument AND a.native_id = d.related_native_id AND a.facility_id <> d.facility_id
WHERE d.file_id = d.content_file_id
    AND NOT EXISTS (
        SELECT 1 FROM made_assessment own
        WHERE own.instrument = d.instrument AND own.native_id = d.related_native_id AND own.facility_id = d.facility_id
    )
UNION ALL
SELECT
    file_id, locator, 'native_id_of_two_factories', 'warning', native_id,
    'The assessment number ''' || native_id || ''' also stands for another factory; the two are kept apart.',
    'Correct the number in the export, or decide that the two records are one factory.', false
FROM delivery_group
WHERE shares_native_id AND file_id = content_file_id;
