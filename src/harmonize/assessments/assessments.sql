-- Assessments with their copies and lineage.
-- Reads: delivery_group, delivery_content, minted_assessment (group_key, assessment_id), staged_scope, follow_up_word,
--        edition_not_printed.
-- Writes: made_copy, made_assessment, made_scope, lineage_issue.
CREATE OR REPLACE TABLE made_copy AS
WITH told AS (
    SELECT g.*, c.fingerprint
    FROM delivery_group g
    LEFT JOIN delivery_content c USING (content_file_id, assessment_no)
),
first_delivery AS (
    SELECT group_key, contributor, kind, fingerprint, status, updated_at, count(*) OVER (PARTITION BY group_key) AS deliveries
    FROM told
    QUALIFY delivery_order = 1
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
        -- (What one of them does not print differs from nothing.)
        WHEN d.status <> f.status OR d.updated_at <> f.updated_at THEN 'amended'
        ELSE 'copy'
    END AS relation,
    d.received_at,
    d.delivery_rank = 1 AS wins,
    -- (What is delivered once can be confused with nothing.)
    CASE WHEN f.deliveries = 1 AND d.evidence <> 'native_id' THEN 'alone' ELSE d.evidence END AS evidence,
    f.deliveries > 1 AS is_repeated,
    d.assessed_on,
    d.status,
    d.updated_at,
    d.shared_key AS decision_key,
    d.kind = 'transparency' AS is_public,
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
typed AS (
    SELECT
        *,
        coalesce(regexp_matches(lower(assessment_type), (SELECT string_agg(word, '|') FROM follow_up_word)), false)
            AS follows_up,
        -- Its place in the line of its instrument: reporting years come in their order, whenever they were posted.
        date_diff('day', DATE '1900-01-01', coalesce(period_end, assessed_on))::BIGINT * 1000000
            + coalesce(date_diff('day', DATE '1900-01-01', assessed_on), 0) AS place
    FROM merged
),
-- A verified assessment without a named partner verifies the self-assessment of its account and edition, or of its
-- factory and edition where one of the two states no account: the only one, or where editions are no years the last before.
own AS (
    SELECT
        v.assessment_id, s.assessment_id AS self_id,
        rank() OVER (
            PARTITION BY v.assessment_id
            ORDER BY
                coalesce(s.account_key = v.account_key, false) DESC,
                CASE WHEN v.period_start IS NULL THEN s.assessed_on END DESC NULLS LAST
        ) AS choice
    FROM (SELECT * FROM typed WHERE kind = 'verified' AND related_native_id IS NULL) v
    JOIN (SELECT * FROM typed WHERE kind = 'self' AND published) s
        ON s.instrument = v.instrument AND s.facility_id = v.facility_id
        AND s.period_start IS NOT DISTINCT FROM v.period_start
    LEFT JOIN edition_not_printed u ON u.instrument = v.instrument
    WHERE coalesce(
            s.account_key = v.account_key, s.edition IS NOT DISTINCT FROM v.edition OR u.instrument IS NOT NULL
        )
        AND (v.period_start IS NOT NULL OR coalesce(s.assessed_on <= v.assessed_on, true))
),
linked AS (
    SELECT
        m.*,
        coalesce(related.assessment_id, own.assessment_id) AS verified_of
    FROM typed m
    LEFT JOIN merged related
        ON related.instrument = m.instrument AND related.native_id = m.related_native_id
        AND related.assessment_id <> m.assessment_id AND related.facility_id = m.facility_id AND related.kind = 'self'
    LEFT JOIN (
        SELECT o.assessment_id AS verified_id, min(self_id) AS assessment_id
        FROM own o
        WHERE choice = 1
        GROUP BY o.assessment_id
        HAVING count(*) = 1
    ) own ON own.verified_id = m.assessment_id
),
-- What stands in the line: of several on one day and of one sort the first by id.
line AS (
    SELECT
        facility_id, instrument, kind, follows_up, place, min(assessment_id) AS assessment_id,
        arg_min(assessed_on, assessment_id) AS assessed_on
    FROM typed
    WHERE published AND place IS NOT NULL
    GROUP BY ALL
),
edition_line AS (
    SELECT
        facility_id, instrument, kind, edition, place, min(assessment_id) AS assessment_id,
        arg_min(assessed_on, assessment_id) AS assessed_on
    FROM typed
    WHERE published AND place IS NOT NULL AND NOT follows_up
    GROUP BY ALL
),
full_before AS (
    SELECT a.assessment_id, b.assessment_id AS previous_id
    FROM (SELECT * FROM typed WHERE published AND NOT follows_up) a
    ASOF JOIN (SELECT * FROM line WHERE NOT follows_up) b
        ON b.facility_id = a.facility_id AND b.instrument = a.instrument AND b.kind = a.kind AND a.place > b.place
),
-- A follow-up comes after what it follows, also on one day: the last full audit of its edition, else of another one, else a
-- follow-up. (Those of an old edition are made by the old edition.)
follow_up AS (SELECT * FROM typed WHERE published AND follows_up),
followed AS (
    SELECT a.assessment_id, b.assessment_id AS previous_id, date_diff('day', b.assessed_on, a.assessed_on) AS days, 1 AS choice
    FROM follow_up a
    ASOF JOIN edition_line b
        ON b.facility_id = a.facility_id AND b.instrument = a.instrument AND b.kind = a.kind
        AND coalesce(b.edition, '') = coalesce(a.edition, '') AND a.place >= b.place
    UNION ALL
    SELECT a.assessment_id, b.assessment_id, date_diff('day', b.assessed_on, a.assessed_on), 2
    FROM follow_up a
    ASOF JOIN (SELECT * FROM line WHERE NOT follows_up) b
        ON b.facility_id = a.facility_id AND b.instrument = a.instrument AND b.kind = a.kind AND a.place >= b.place
    UNION ALL
    SELECT a.assessment_id, b.assessment_id, date_diff('day', b.assessed_on, a.assessed_on), 3
    FROM follow_up a
    ASOF JOIN (SELECT * FROM line WHERE follows_up) b
        ON b.facility_id = a.facility_id AND b.instrument = a.instrument AND b.kind = a.kind AND a.place > b.place
)
SELECT
    l.* EXCLUDE (related_native_id, account_key, follows_up, place),
    f.previous_id AS follow_up_of,
    p.previous_id AS supersedes,
    period_start AS evidence_from,
    period_end AS evidence_to
FROM linked l
LEFT JOIN full_before p USING (assessment_id)
LEFT JOIN (
    SELECT assessment_id, arg_min(previous_id, choice) AS previous_id
    FROM followed
    WHERE days <= (SELECT max(within_days) FROM follow_up_word)
    GROUP BY assessment_id
) f USING (assessment_id);

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
