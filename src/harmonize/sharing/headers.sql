-- Headers and mentions. What is emptied is noted first, for the count.
CREATE OR REPLACE TEMP TABLE withheld_header AS
WITH scored AS (
    SELECT h.audience_no, h.copy_id, min(d.class_no) AS class_no
    FROM shared_header h
    JOIN audience_kind k USING (audience_no)
    JOIN denied_class d ON d.kind = k.kind AND d.instrument = h.instrument
    JOIN withheld_class c ON c.class_no = d.class_no AND len(c.columns) > 0
    WHERE NOT h.is_own
    GROUP BY ALL
),
rated AS (
    SELECT h.audience_no, h.copy_id, min(d.class_no) AS class_no
    FROM shared_header h
    JOIN withheld_rating r ON lower(h.rating_raw) GLOB lower(r.pattern)
    JOIN audience_kind k USING (audience_no)
    JOIN denied_class d ON d.class_no = r.class_no AND d.kind = k.kind AND d.instrument = h.instrument
    WHERE NOT h.is_own
    GROUP BY ALL
)
SELECT h.audience_no, h.copy_id,
    CASE WHEN list_contains(s.columns, 'score') AND h.score IS NOT NULL THEN s.class END AS no_score,
    CASE
        WHEN r.class IS NOT NULL THEN r.class
        WHEN list_contains(s.columns, 'rating_raw') AND h.rating_raw IS NOT NULL THEN s.class
    END AS no_rating,
    CASE
        WHEN h.assessor IS NULL THEN NULL
        WHEN u.is_unnamed THEN 'unnamed'
        WHEN u.is_masked AND (
            NOT regexp_matches(nfc_normalize(h.assessor), (SELECT pattern FROM organisation)) OR g.masked IS DISTINCT FROM g.text
        ) THEN 'personal'
    END AS no_assessor
FROM shared_header h
JOIN text_audience u USING (audience_no)
LEFT JOIN flagged_text g ON g.text = h.assessor AND g.masked IS NOT NULL
LEFT JOIN (SELECT audience_no, copy_id, class, columns FROM scored JOIN withheld_class USING (class_no)) s USING (audience_no, copy_id)
LEFT JOIN (SELECT audience_no, copy_id, class FROM rated JOIN withheld_class USING (class_no)) r USING (audience_no, copy_id)
WHERE NOT h.is_own;

DELETE FROM withheld_header WHERE no_score IS NULL AND no_rating IS NULL AND no_assessor IS NULL;

UPDATE shared_header SET
    score = CASE WHEN w.no_score IS NULL THEN shared_header.score END,
    rating_raw = CASE WHEN w.no_rating IS NULL THEN shared_header.rating_raw END,
    assessor = CASE WHEN w.no_assessor IS NULL THEN shared_header.assessor END
FROM withheld_header w
WHERE w.audience_no = shared_header.audience_no AND w.copy_id = shared_header.copy_id;

CREATE OR REPLACE TEMP TABLE withheld_mention AS
SELECT m.audience_no, m.mention_id, u.is_unnamed,
    u.hides_small AND m.workers > 0 AND m.workers < (SELECT least FROM least_count) AS no_workers,
    CASE WHEN u.is_masked THEN g.masked END AS masked_address
FROM shared_mention m
JOIN text_audience u USING (audience_no)
LEFT JOIN flagged_address g ON g.text = m.address
WHERE NOT m.is_own;

DELETE FROM withheld_mention WHERE NOT is_unnamed AND no_workers IS NOT TRUE AND masked_address IS NULL;

UPDATE shared_mention SET
    workers = CASE WHEN w.no_workers IS NOT TRUE THEN shared_mention.workers END,
    address = coalesce(w.masked_address, shared_mention.address)
FROM withheld_mention w
WHERE w.audience_no = shared_mention.audience_no AND w.mention_id = shared_mention.mention_id;

UPDATE shared_mention SET extra = NULL WHERE NOT is_own;
