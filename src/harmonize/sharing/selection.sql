-- What every audience may see: its own deliveries as it gave them, and those that grants in force open; with names of its own
-- for all of it. Nothing here reads what an audience may not see but who is who.
-- Reads: source (a steward's release), audience, covered_copy. Writes: visible_copy, visible_content, visible_mention,
--        shared_facility, shared_assessment, shared_file, shared_header, shared_mention.
CREATE OR REPLACE TEMP MACRO token(inner_key, outer_key, kind, name) AS
    upper(substr(sha256(outer_key || unhex(sha256(inner_key || encode(kind || '|' || name)))), 1, 20));

CREATE OR REPLACE TABLE visible_copy AS
WITH own AS (
    SELECT a.audience_no, h.copy_id, h.assessment_id
    FROM audience a
    JOIN source.compact.stated_header h ON h.contributor = a.contributor
)
SELECT audience_no, copy_id, assessment_id, true AS is_own, 4 AS scope_rank, NULL::DATE AS until, NULL::VARCHAR AS grant_id
FROM own
UNION ALL
SELECT audience_no, copy_id, assessment_id, false, scope_rank, until, grant_id
FROM covered_copy
ANTI JOIN own USING (audience_no, copy_id);

-- One content may be delivered several times; where one of the deliveries is the audience's own, so is the content.
CREATE OR REPLACE TABLE visible_content AS
SELECT
    v.audience_no, v.assessment_id, h.content_file_id, h.assessment_no, h.assessment_key, h.mention_id, h.published,
    bool_or(v.is_own) AS is_own,
    max(v.scope_rank) AS scope_rank,
    min(h.delivery_rank) AS delivery_rank,
    min(h.delivery_order) AS delivery_order,
    arg_min(v.copy_id, (NOT v.is_own, h.delivery_rank)) AS copy_id
FROM visible_copy v
JOIN source.compact.stated_header h USING (copy_id)
GROUP BY ALL;

-- (Of byte-identical files one is loaded, and its records are those of all.)
CREATE OR REPLACE TABLE own_file AS
SELECT
    a.audience_no, f.file_id, coalesce(f.duplicate_of, f.file_id) AS content_file_id,
    'FI' || token(a.inner_key, a.outer_key, 'file', f.file_id) AS shared_id
FROM audience a
JOIN source.file f ON f.contributor = a.contributor;

CREATE OR REPLACE TABLE own_content AS
SELECT o.audience_no, o.content_file_id, arg_min(o.shared_id, f.path) AS shared_id
FROM own_file o
JOIN source.file f USING (file_id)
GROUP BY ALL;

CREATE OR REPLACE TABLE visible_mention AS
SELECT o.audience_no, m.mention_id, true AS is_own, o.shared_id AS file_id, m.locator
FROM own_content o
JOIN source.facility_mention m ON m.file_id = o.content_file_id
UNION ALL
SELECT
    v.audience_no, v.mention_id, false, 'FR' || token(a.inner_key, a.outer_key, 'report', v.content_file_id || '|' || v.assessment_no),
    'granted'
FROM visible_content v
JOIN audience a USING (audience_no)
ANTI JOIN own_content o ON o.audience_no = v.audience_no AND o.content_file_id = v.content_file_id;

CREATE OR REPLACE TABLE shared_facility AS
SELECT DISTINCT
    v.audience_no, m.facility_id, 'HF' || token(a.inner_key, a.outer_key, 'facility', m.facility_id) AS shared_id
FROM visible_mention v
JOIN source.facility_mention m USING (mention_id)
JOIN audience a USING (audience_no);

CREATE OR REPLACE TABLE shared_assessment AS
WITH seen AS (
    SELECT
        v.audience_no, v.assessment_id, arg_min(m.facility_id, (v.delivery_rank, m.mention_id)) AS facility_id,
        max(v.scope_rank) AS scope_rank, bool_or(v.is_own) AS is_own
    FROM visible_content v
    JOIN source.facility_mention m USING (mention_id)
    GROUP BY ALL
)
SELECT
    s.*, f.shared_id AS shared_facility_id, 'HA' || token(a.inner_key, a.outer_key, 'assessment', s.assessment_id) AS shared_id,
    (row_number() OVER (ORDER BY s.audience_no, f.shared_id, token(a.inner_key, a.outer_key, 'assessment', s.assessment_id)))::INTEGER
        AS shared_no
FROM seen s
JOIN audience a USING (audience_no)
JOIN shared_facility f USING (audience_no, facility_id);

-- Under which name the rows of a content stand: the audience's own file, or a report that was granted.
CREATE OR REPLACE TABLE shared_content AS
SELECT
    v.*, s.shared_id AS shared_assessment_id, s.shared_facility_id, s.shared_no,
    coalesce(o.shared_id, 'FR' || token(a.inner_key, a.outer_key, 'report', v.content_file_id || '|' || v.assessment_no)) AS shared_file_id
FROM visible_content v
JOIN audience a USING (audience_no)
JOIN shared_assessment s USING (audience_no, assessment_id)
LEFT JOIN own_content o ON o.audience_no = v.audience_no AND o.content_file_id = v.content_file_id;

CREATE OR REPLACE TABLE shared_file AS
SELECT audience_no, file_id, shared_id, true AS is_own FROM own_file
UNION ALL
SELECT DISTINCT audience_no, NULL, shared_file_id, false FROM shared_content WHERE NOT is_own;

-- The deliveries of each audience: every own one, and of what is granted each content once. Who else delivered it, when, and
-- from which place of which file is not told.
CREATE OR REPLACE TEMP TABLE shared_header AS
WITH delivered AS (
    SELECT
        v.audience_no, v.copy_id, true AS is_own, o.shared_id AS file_id, c.shared_file_id AS content_file_id, h.path, h.contributor,
        h.received_at, h.locator, c.shared_assessment_id, c.shared_facility_id, c.scope_rank,
        h.assessment_no AS staged_no
    FROM visible_copy v
    JOIN source.compact.stated_header h USING (copy_id)
    JOIN own_file o ON o.audience_no = v.audience_no AND o.file_id = h.file_id
    JOIN shared_content c
        ON c.audience_no = v.audience_no AND c.content_file_id = h.content_file_id AND c.assessment_no = h.assessment_no
    WHERE v.is_own
    UNION ALL
    SELECT
        c.audience_no, c.copy_id, false, c.shared_file_id, c.shared_file_id, '', 'granted', NULL, 'granted',
        c.shared_assessment_id, c.shared_facility_id, c.scope_rank, c.assessment_no
    FROM shared_content c
    WHERE NOT c.is_own
)
SELECT
    d.audience_no, d.copy_id, d.is_own, d.file_id, d.content_file_id, d.shared_assessment_id, d.shared_facility_id, d.scope_rank,
    d.path, d.contributor, d.received_at, d.locator, d.staged_no AS assessment_no, h.assessment_id,
    h.* EXCLUDE (
        copy_id, assessment_id, file_id, content_file_id, content_id, path, contributor, received_at, facility_id, decision_key,
        locator, assessment_no, shared_key, delivery_rank, delivery_order, mention_id
    ),
    h.delivery_rank AS rank_of_all, h.delivery_order AS order_of_all
FROM delivered d
JOIN source.compact.stated_header h USING (copy_id);

CREATE OR REPLACE TEMP TABLE shared_mention AS
SELECT
    v.audience_no, v.mention_id, v.is_own, v.file_id, v.locator, f.shared_id AS facility_id,
    CASE WHEN v.is_own THEN a.contributor ELSE 'granted' END AS contributor, m.instrument, t.assessment_no,
    m.name, m.name_local, m.address, t.city, m.admin1, m.country, m.latitude, m.longitude, t.sector, m.workers, m.extra
FROM visible_mention v
JOIN audience a USING (audience_no)
JOIN source.facility_mention m USING (mention_id)
JOIN source.compact.stated_mention t USING (mention_id)
JOIN shared_facility f ON f.audience_no = v.audience_no AND f.facility_id = m.facility_id;
