-- Which assessments must be made anew: those whose answers depend on anything that is not as it was.
-- Reads: delivery_group, minted_assessment, accepted_assessment, instrument_default, file_meaning, loaded, release.compact.
-- Writes: answer_source, assessment_plan, stale_assessment, touched_assessment, unknown_fingerprint, contested_source.
CREATE OR REPLACE TABLE answer_source AS
WITH delivered AS (
    SELECT
        g.*,
        n.assessment_id,
        'HC' || upper(substr(sha256(g.file_id || '|' || g.locator), 1, 16)) AS copy_id,
        first(g.published) OVER (PARTITION BY g.group_key ORDER BY g.delivery_rank) AS stands_published
    FROM delivery_group g
    JOIN minted_assessment n USING (group_key)
),
content AS (
    -- Byte-identical files share one content: it stands where the best of its deliveries stands. Where the delivery that
    -- wins is not published, none stands: what the others say is kept for those who handed them in.
    SELECT
        content_file_id,
        assessment_no,
        assessment_key,
        assessment_id,
        instrument,
        stands_published AS stands,
        min(delivery_rank) AS delivery_rank,
        first(copy_id ORDER BY file_id = content_file_id DESC, delivery_rank) AS copy_id
    FROM delivered
    WHERE published
    GROUP BY ALL
)
SELECT
    c.* EXCLUDE (instrument),
    count(*) OVER (PARTITION BY c.assessment_id) > 1 OR f.repeats_questions OR NOT c.stands AS is_contested,
    i.verification::verification AS verification
FROM content c
JOIN loaded f ON f.file_id = c.content_file_id
LEFT JOIN instrument_default i USING (instrument);

CREATE OR REPLACE TABLE assessment_plan AS
SELECT
    n.assessment_id,
    arg_min(g.facility_id, g.delivery_rank) AS facility_id,
    arg_min(g.instrument, g.delivery_rank) AS instrument,
    count(*) > 1 AS is_repeated,
    hash(string_agg(
        concat_ws(
            '|', g.assessment_key, g.delivery_rank, g.file_id, g.locator, g.content_file_id, g.published, g.status_rank,
            g.updated_at, g.received_at, g.facility_id, coalesce(m.signature, 0), i.verification,
            'accepted ' || r.digest
        ),
        chr(10) ORDER BY g.delivery_rank
    )) AS signature
FROM delivery_group g
JOIN minted_assessment n USING (group_key)
LEFT JOIN file_meaning m ON m.file_id = g.content_file_id
LEFT JOIN instrument_default i ON i.instrument = g.instrument
LEFT JOIN (SELECT assessment_id, any_value(digest) AS digest FROM accepted_assessment GROUP BY assessment_id) r
    ON r.assessment_id = n.assessment_id
GROUP BY n.assessment_id;

CREATE OR REPLACE TABLE touched_assessment AS
SELECT p.*, b.assessment_no
FROM assessment_plan p
LEFT JOIN release.compact.stored_assessment b USING (assessment_id)
WHERE b.signature IS DISTINCT FROM p.signature;

CREATE OR REPLACE TABLE stale_assessment AS
SELECT b.assessment_no, b.assessment_id
FROM release.compact.stored_assessment b
LEFT JOIN assessment_plan p USING (assessment_id)
WHERE p.signature IS DISTINCT FROM b.signature;

-- What a repeated delivery says is compared with the others of its assessment; what was compared before is known.
CREATE OR REPLACE TABLE unknown_fingerprint AS
SELECT DISTINCT g.assessment_key, g.content_file_id AS file_id, g.assessment_no, coalesce(m.signature, 0) AS signature
FROM delivery_group g
JOIN minted_assessment n USING (group_key)
JOIN assessment_plan p ON p.assessment_id = n.assessment_id AND p.is_repeated
LEFT JOIN file_meaning m ON m.file_id = g.content_file_id
ANTI JOIN release.compact.fingerprint k
    ON k.assessment_key = g.assessment_key AND k.signature = coalesce(m.signature, 0);

CREATE OR REPLACE TABLE contested_source AS
SELECT file_id, assessment_key FROM unknown_fingerprint
UNION
SELECT s.content_file_id, s.assessment_key
FROM answer_source s
JOIN touched_assessment USING (assessment_id)
WHERE s.is_contested;
