-- What may serve as evidence on the day of judgement, and what the buyer may see of it.
-- Reads: reuse_chosen, reuse_partial, reuse_no_full_visit, reuse_status, reuse_grant, reuse_unopened, reuse_bounded, the release.
-- Variables: reuse_as_of, reuse_judged_on, reuse_contributor, reuse_last_day, reuse_binding.
-- Writes: reuse_factory, reuse_assessment, reuse_own, reuse_own_delivery, reuse_own_content, reuse_disowned, reuse_own_answer,
--         reuse_delivered_day, reuse_own_day, reuse_seen.
CREATE OR REPLACE TEMP TABLE reuse_factory AS
SELECT
    row_number() OVER (ORDER BY facility_id)::INTEGER AS facility_no, facility_id, name, name_local, country, workers, os_id
FROM facility
SEMI JOIN reuse_chosen USING (facility_id);

CREATE OR REPLACE TEMP TABLE reuse_assessment AS
WITH ended AS (
    SELECT assessment_id, max(value_date) AS ended_on
    FROM answer
    WHERE indicator_id = getvariable('reuse_last_day') AND facility_id IN (SELECT facility_id FROM reuse_chosen)
    GROUP BY assessment_id
),
timed AS (
    SELECT
        s.*,
        f.facility_no,
        f.country,
        -- Age counts from the last day on site, for a reporting period from its end; never from posting or receipt.
        greatest(s.ended_on, e.ended_on) AS last_day,
        CASE
            WHEN s.evidence_to IS NOT NULL THEN s.evidence_to
            WHEN last_day > s.assessed_on THEN last_day
            ELSE s.assessed_on
        END AS evidence_day,
        CASE
            WHEN s.evidence_to IS NOT NULL THEN 'end of the reporting period'
            WHEN s.assessed_on IS NULL THEN NULL
            WHEN s.kind IN ('self', 'self_inspection') THEN 'day of the statement'
            WHEN last_day >= s.assessed_on THEN 'last day on site'
            ELSE 'day of the assessment'
        END AS day_counts_from
    FROM assessment s
    JOIN reuse_factory f USING (facility_id)
    LEFT JOIN ended e USING (assessment_id)
),
dated AS (
    -- A rating that restates another assessment is no audit of its own: day, kind and type are of what it restates.
    SELECT
        t.* REPLACE (
            CASE WHEN r.related_id IS NULL THEN t.evidence_day ELSE o.evidence_day END AS evidence_day,
            CASE
                WHEN r.related_id IS NULL THEN t.day_counts_from
                ELSE o.day_counts_from || ' that the rating restates'
            END AS day_counts_from
        ),
        r.related_id AS restates,
        coalesce(o.kind, t.kind)::VARCHAR AS seen_kind,
        CASE WHEN r.related_id IS NULL THEN t.assessment_type ELSE o.assessment_type END AS seen_type
    FROM timed t
    LEFT JOIN (SELECT * FROM assessment_relation WHERE kind = 'rating_derived_from') r USING (assessment_id)
    LEFT JOIN timed o ON o.assessment_id = r.related_id
    WHERE t.published
)
SELECT
    -- (An assessment without answers has no number of its own.)
    (row_number() OVER (ORDER BY d.assessment_id))::INTEGER AS place,
    coalesce(k.assessment_no, -(row_number() OVER (ORDER BY d.assessment_id)))::INTEGER AS assessment_no,
    d.*,
    (dense_rank() OVER (ORDER BY d.visit_id))::INTEGER AS visit_no,
    CASE WHEN list_contains(getvariable('reuse_binding'), d.valid_until_basis) THEN d.valid_until END AS bound_until,
    t.why AS ended_by_status,
    coalesce(t.is_void, false) AS is_void,
    NOT EXISTS (
        SELECT 1 FROM reuse_no_full_visit o WHERE contains(lower(coalesce(d.seen_type, '')), lower(o.type))
    ) AS is_full_visit
FROM dated d
LEFT JOIN compact.stored_assessment k USING (assessment_id)
LEFT JOIN reuse_status t ON t.status = d.status
WHERE coalesce(d.assessed_on <= getvariable('reuse_as_of'), true)
    AND coalesce(d.evidence_day <= getvariable('reuse_as_of'), true);

-- What the buyer handed in itself. A copy that holds a part of the report gives that part alone.
CREATE OR REPLACE TEMP TABLE reuse_own AS
SELECT a.assessment_id, a.assessment_no, c.copy_id, f.content_id, p.layout IS NOT NULL AS is_part
FROM assessment_copy c
JOIN reuse_assessment a USING (assessment_id)
JOIN file f USING (file_id)
LEFT JOIN (SELECT content_id, max(layout) AS layout FROM file GROUP BY content_id) l USING (content_id)
LEFT JOIN reuse_partial p ON p.instrument = a.instrument AND p.layout = l.layout
WHERE c.contributor = getvariable('reuse_contributor');

CREATE OR REPLACE TEMP TABLE reuse_own_file AS
SELECT DISTINCT o.assessment_no, f.file_id FROM reuse_own o JOIN file f USING (content_id);

CREATE OR REPLACE TEMP TABLE reuse_own_delivery AS
SELECT o.assessment_no, d.delivery_no FROM reuse_own_file o JOIN compact.delivery d USING (file_id);

-- Questions that every one of the buyer's copies leaves out, or answers otherwise than what stands: that value is not its own.
CREATE OR REPLACE TEMP TABLE reuse_own_content AS
SELECT o.assessment_no, h.assessment_key, arg_min(o.copy_id, (h.delivery_rank, o.copy_id)) AS copy_id, min(h.delivery_rank) AS place
FROM reuse_own o
JOIN compact.stated_header h USING (copy_id)
WHERE NOT o.is_part
GROUP BY o.assessment_no, h.assessment_key;

CREATE OR REPLACE TEMP TABLE reuse_disowned AS
SELECT c.assessment_no, q.question_no
FROM compact.otherwise x
JOIN reuse_own_content c USING (assessment_no, assessment_key)
JOIN (SELECT assessment_no, count(*) AS contents FROM reuse_own_content GROUP BY assessment_no) n USING (assessment_no)
JOIN compact.question q USING (question_id)
GROUP BY c.assessment_no, q.question_no, n.contents
HAVING count(DISTINCT c.assessment_key) = n.contents;

-- What the buyer's own copy answers to them (domain rule 23: its own rows, as it gave them), the first in the order of winning.
CREATE OR REPLACE TEMP TABLE reuse_own_answer AS
SELECT a.*, c.copy_id
FROM compact.otherwise_answer a
JOIN reuse_own_content c USING (assessment_no, assessment_key)
SEMI JOIN reuse_disowned d ON d.assessment_no = a.assessment_no AND d.question_no = a.question_no
QUALIFY c.place = min(c.place) OVER (PARTITION BY a.assessment_no, a.question_no)
    -- (What its verifier corrected the factory no longer says.)
    AND (a.answered_by = 'verifier'
        OR NOT bool_or(a.answered_by = 'verifier') OVER (PARTITION BY a.assessment_no, a.question_no, a.assessment_key));

-- Deliveries that date the report otherwise than the one that won: what they answer is as old as they say themselves (domain
-- rule 18). A reporting period ends on one day whoever delivers it, and a rating that restates is as old as what it restates.
CREATE OR REPLACE TEMP TABLE reuse_copy_day AS
SELECT a.assessment_no, h.copy_id, h.content_file_id AS file_id, h.delivery_rank, greatest(h.assessed_on, h.ended_on) AS copy_day, c.wins
FROM compact.stated_header h
JOIN assessment_copy c USING (copy_id)
JOIN reuse_assessment a ON a.assessment_id = c.assessment_id
WHERE a.evidence_to IS NULL AND a.restates IS NULL;

-- (What only states the same first day tells nothing of the last one.)
CREATE OR REPLACE TEMP TABLE reuse_delivered_day AS
SELECT d.assessment_no, d.file_id, arg_min(d.copy_day, (d.delivery_rank, d.copy_id)) AS evidence_day
FROM reuse_copy_day d
JOIN reuse_assessment a USING (assessment_no)
WHERE NOT d.wins AND d.copy_day <> a.evidence_day AND d.copy_day IS DISTINCT FROM a.assessed_on
GROUP BY d.assessment_no, d.file_id;

-- What the buyer's own copy dates, the first in the order of winning that is dated: of a day that only others print it
-- knows nothing.
CREATE OR REPLACE TEMP TABLE reuse_own_day AS
SELECT assessment_no, own_day AS evidence_day
FROM (
    SELECT o.assessment_no, arg_min(d.copy_day, (d.delivery_rank, d.copy_id)) AS own_day, bool_or(d.wins) AS wins
    FROM reuse_own o
    JOIN reuse_copy_day d USING (assessment_no, copy_id)
    WHERE NOT o.is_part
    GROUP BY o.assessment_no
)
JOIN reuse_assessment a USING (assessment_no)
WHERE NOT wins AND own_day <> a.evidence_day;

-- Grants that hold on the day of judgement, and why others do not (`refused`). One that names a factory by what several share
-- names none of them; likeness carries no grant from record to record; a wildcard without an end does not open what it must
-- not.
CREATE OR REPLACE TEMP TABLE reuse_granted AS
WITH named AS (
    SELECT g.*, i.facility_id
    FROM reuse_grant g
    JOIN facility_identifier i ON i.scheme = g.facility_scheme AND i.value = g.facility_value AND i.valid
    QUALIFY count(*) OVER (PARTITION BY g.grant_no) = 1
),
-- Assessments of which every copy that is not the buyer's own is surely of the factory: its record hangs together with one that
-- states what the grant names by identifiers, equal statements and decisions alone. (Of byte-identical files one is loaded. What
-- stands for several copies may be said by any of them.)
sure AS (
    SELECT n.grant_no, c.assessment_id
    FROM named n
    JOIN compact.stated_identifier i ON i.scheme = n.facility_scheme AND i.value = n.facility_value AND i.valid
    JOIN compact.sure_record g ON g.mention_id = i.mention_id
    JOIN compact.sure_record r ON r.sure_group = g.sure_group
    JOIN facility_mention m ON m.mention_id = r.mention_id
    JOIN file f ON coalesce(f.duplicate_of, f.file_id) = m.file_id
    JOIN assessment_copy c ON c.file_id = f.file_id AND c.locator = m.locator
    JOIN (
        SELECT assessment_id, count(*) FILTER (contributor <> getvariable('reuse_contributor')) AS others
        FROM assessment_copy
        GROUP BY ALL
    ) k ON k.assessment_id = c.assessment_id
    GROUP BY n.grant_no, c.assessment_id
    HAVING count(DISTINCT c.copy_id) FILTER (c.contributor <> getvariable('reuse_contributor')) = any_value(k.others)
),
covered AS (
    SELECT
        a.assessment_no,
        a.instrument AS covered_instrument,
        n.*,
        s.grant_no IS NOT NULL AS is_sure
    FROM named n
    JOIN reuse_assessment a USING (facility_id)
    JOIN instrument_rights r ON r.instrument = a.instrument AND r.who_may_grant <> 'nobody'
    LEFT JOIN sure s ON s.grant_no = n.grant_no AND s.assessment_id = a.assessment_id
    WHERE n.instrument IN ('*', a.instrument)
        AND (
            n.assessment IN ('*', a.native_id)
            OR n.assessment IN (SELECT c.native_id FROM assessment_copy c WHERE c.assessment_id = a.assessment_id)
        )
),
dated AS (
    -- (What the judgement of all grants does not open, by a role, a retention or another factory, is not opened here.)
    SELECT
        * REPLACE (
            coalesce(
                refused, 'granted, and not opened: ' || why,
                CASE WHEN is_endless THEN 'granted for all without an end: not opened by that' END
            ) AS refused
        ),
        coalesce(valid_to, DATE '9999-12-31') AS until, scope IN ('answers', 'full') AS opens_answers
    FROM (
        SELECT
            *,
            assessment = '*' AND valid_to IS NULL AND covered_instrument IN (SELECT instrument FROM reuse_bounded) AS is_endless,
            (
                SELECT min(u.why)
                FROM reuse_unopened u
                WHERE u.file_id = c.file_id AND u.locator = c.locator
                    AND coalesce(u.instrument, c.covered_instrument) = c.covered_instrument
            ) AS why
        FROM covered c
    )
)
SELECT
    assessment_no,
    -- Why no grant of the buyer opens the answers: the one that came nearest tells.
    CASE WHEN bool_or(refused IS NULL AND opens_answers AND is_sure) THEN NULL ELSE
        arg_max(
            coalesce(refused, 'granted with scope ' || scope || ' alone'),
            (opens_answers, coalesce(revoked_on, valid_to, DATE '9999-12-31'), grant_no)
        ) FILTER (is_sure)
    END AS refused,
    arg_max(grant_id, (until, grant_no)) FILTER (refused IS NULL AND is_sure AND opens_answers) AS answers_grant,
    arg_max(grant_id, (until, grant_no)) FILTER (refused IS NULL AND is_sure AND scope <> 'summary') AS findings_grant,
    max(until) FILTER (refused IS NULL AND is_sure AND opens_answers) AS answers_until,
    max(until) FILTER (refused IS NULL AND is_sure AND scope <> 'summary') AS findings_until,
    -- Named for this factory, and of no use to what is its own by likeness alone. (Of findings it is not told: which
    -- matters they would settle says what was found.)
    coalesce(bool_or(refused IS NULL AND NOT is_sure AND opens_answers), false) AS is_granted_by_likeness
FROM dated
GROUP BY assessment_no;

CREATE OR REPLACE TEMP TABLE reuse_seen AS
SELECT a.assessment_no, coalesce(o.owns, false) AS owns, g.* EXCLUDE (assessment_no)
FROM reuse_assessment a
LEFT JOIN (SELECT assessment_no, bool_or(NOT is_part) AS owns FROM reuse_own GROUP BY assessment_no) o USING (assessment_no)
LEFT JOIN reuse_granted g USING (assessment_no);
