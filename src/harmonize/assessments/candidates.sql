-- Pairs of reports that may be one, whose contents must be looked at, and which of them were never compared as they are now read.
-- Reads: known_delivery, copy_rule, copy_days, edition_not_printed, file_meaning, release.compact.likeness.
-- Writes: copy_candidate, read_candidate, unknown_likeness, compared_content; release.compact.likeness forgets the others.

-- Contents of one factory, instrument and kind in reports of their own that may be one. (Of two numbers only those that
-- are printed alike, or on days close by; of one kind, but that a steward wants to see a self-assessment without a number.)
CREATE OR REPLACE TABLE copy_candidate AS
WITH reported AS (
    SELECT
        known_key, assessment_key, content_file_id, assessment_no, facility_id, instrument, kind, assessed_on, follows_up,
        number, native_id, lower(assessment_type) AS type, edition, period_start, assessor_key, lower(rating_raw) AS rating, announced
    FROM known_delivery
    WHERE published AND kind <> 'transparency'
    GROUP BY ALL
),
-- (Most reports are the only one of their instrument at their factory.)
several AS (
    SELECT r.*
    FROM reported r
    SEMI JOIN (
        SELECT facility_id, instrument FROM reported GROUP BY ALL HAVING min(known_key) <> max(known_key)
    ) USING (facility_id, instrument)
),
paired AS (
    SELECT
        a.facility_id, a.instrument, a.known_key AS key_a, b.known_key AS key_b,
        a.assessment_key AS content_a, b.assessment_key AS content_b,
        a.content_file_id AS file_a, b.content_file_id AS file_b,
        abs(date_diff('day', a.assessed_on, b.assessed_on)) AS days_apart,
        a.number AS number_a, b.number AS number_b, a.kind = b.kind AS is_one_kind,
        coalesce(a.number = b.number, false) AS same_number,
        coalesce(a.native_id = b.native_id, false) AS same_native_id,
        coalesce(a.number <> b.number AND length(a.number) > 3 AND damerau_levenshtein(a.number, b.number) = 1, false)
            AS nearly_same_number,
        (a.number IS NULL OR b.number IS NULL) AS lacks_number,
        a.follows_up IS NOT DISTINCT FROM b.follows_up AS same_stage,
        (a.follows_up IS NULL OR b.follows_up IS NULL) AS unknown_stage,
        (a.type IS NULL OR b.type IS NULL OR a.type = b.type) AS may_be_one_type,
        (a.edition IS NOT DISTINCT FROM b.edition OR u.instrument IS NOT NULL) AS may_be_one_edition,
        coalesce(a.assessor_key <> b.assessor_key AND NOT contains(a.assessor_key, b.assessor_key)
            AND NOT contains(b.assessor_key, a.assessor_key), false) AS other_assessor,
        coalesce(a.rating <> b.rating, false) AS other_rating,
        coalesce(a.announced <> b.announced, false) AS other_announcement,
        a.announced AS announced_a, b.announced AS announced_b
    FROM several a
    JOIN several b
        ON b.facility_id = a.facility_id AND b.instrument = a.instrument AND a.known_key < b.known_key
        AND a.assessment_key <> b.assessment_key AND a.period_start IS NOT DISTINCT FROM b.period_start
    LEFT JOIN edition_not_printed u ON u.instrument = a.instrument
)
SELECT p.*
FROM paired p
CROSS JOIN copy_rule
LEFT JOIN copy_days d USING (instrument)
WHERE (p.days_apart IS NULL OR p.days_apart <= greatest(review_days, coalesce(d.days, 0)) OR p.same_native_id)
    AND (p.is_one_kind OR p.lacks_number)
    AND (p.lacks_number OR p.same_number OR p.nearly_same_number OR p.days_apart <= full_days OR p.days_apart IS NULL);

CREATE OR REPLACE TABLE read_candidate AS
SELECT c.*, coalesce(a.signature, 0) AS signature_a, coalesce(b.signature, 0) AS signature_b
FROM copy_candidate c
LEFT JOIN file_meaning a ON a.file_id = c.file_a
LEFT JOIN file_meaning b ON b.file_id = c.file_b;

DELETE FROM release.compact.likeness
WHERE (content_a, signature_a, content_b, signature_b) NOT IN (
    SELECT (content_a, signature_a, content_b, signature_b) FROM read_candidate
);

CREATE OR REPLACE TABLE unknown_likeness AS
SELECT DISTINCT content_a, signature_a, content_b, signature_b, file_a, file_b
FROM read_candidate
ANTI JOIN release.compact.likeness USING (content_a, signature_a, content_b, signature_b);

CREATE OR REPLACE TABLE compared_content AS
SELECT DISTINCT k.assessment_key, k.content_file_id AS file_id, k.assessment_no
FROM known_delivery k
JOIN (
    SELECT content_a AS assessment_key FROM unknown_likeness UNION SELECT content_b FROM unknown_likeness
) USING (assessment_key);
