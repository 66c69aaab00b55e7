-- The deliveries, records and findings of all audiences as the stages that make a release read them: as if each audience's
-- share were a run of its own. (Ids of facilities and assessments are of one audience each.)
-- Reads: source, shared_header, shared_mention, shared_finding, shared_plan, shared_content, shared_assessment, own_file.
-- Writes: delivery_group, minted_assessment, delivery_content, staged_assessment, staged_scope, staged_score, mention, link,
--         staged_identifier, facility_of_identifier, inbox_file, made_file, harmonised_finding, staged_plan, merged_facility,
--         related_facility, staged_grant.
CREATE OR REPLACE TABLE delivery_group AS
SELECT
    file_id, content_file_id, NULL::VARCHAR AS content_id, path, contributor, received_at, shared_facility_id AS facility_id,
    NULL::VARCHAR AS decision_key, locator,
    * EXCLUDE (
        file_id, content_file_id, path, contributor, received_at, locator, shared_facility_id, shared_assessment_id, audience_no,
        copy_id, is_own, scope_rank, assessment_id, rank_of_all, order_of_all
    ),
    NULL::VARCHAR AS shared_key, shared_assessment_id AS group_key,
    row_number() OVER (PARTITION BY shared_assessment_id ORDER BY rank_of_all, file_id) AS delivery_rank,
    row_number() OVER (PARTITION BY shared_assessment_id ORDER BY order_of_all, file_id) AS delivery_order
FROM shared_header;

CREATE OR REPLACE TABLE minted_assessment AS
SELECT DISTINCT group_key, group_key AS assessment_id FROM delivery_group;

CREATE OR REPLACE TABLE delivery_content AS
SELECT DISTINCT content_file_id, assessment_no, fingerprint FROM delivery_group WHERE fingerprint IS NOT NULL;

CREATE OR REPLACE TABLE staged_assessment AS
SELECT DISTINCT content_file_id AS file_id, assessment_no, assessed_on FROM delivery_group;

CREATE OR REPLACE TABLE staged_scope AS
SELECT c.shared_file_id AS file_id, s.assessment_no, s.topic_id, s.scope
FROM source.compact.stated_scope s
JOIN shared_content c ON c.content_file_id = s.file_id AND c.assessment_no = s.assessment_no
-- (Where findings are not shown, a topic in scope without one says nothing.)
WHERE c.scope_rank >= 2;

CREATE OR REPLACE TABLE staged_score AS
SELECT c.shared_file_id AS file_id, s.* EXCLUDE (file_id)
FROM source.compact.stated_score s
JOIN shared_content c ON c.content_file_id = s.file_id AND c.assessment_no = s.assessment_no
JOIN source.assessment k USING (assessment_id)
WHERE c.is_own OR (c.scope_rank >= 2 AND NOT EXISTS (
    SELECT 1 FROM withheld_score w WHERE w.audience_no = c.audience_no AND w.instrument = k.instrument
));

CREATE OR REPLACE TABLE mention AS
SELECT
    -- (By its place: of byte-identical files the record that was kept may be another's.)
    'HM' || token(a.inner_key, a.outer_key, 'mention', m.file_id || '|' || m.locator) AS mention_id, m.file_id, m.assessment_no,
    m.locator, m.name,
    m.name_local, m.address, m.city, m.admin1, m.country, m.latitude, m.longitude, m.sector, m.workers, m.extra, m.contributor,
    m.instrument, m.facility_id, m.mention_id AS source_id, m.audience_no, m.is_own
FROM shared_mention m
JOIN audience a USING (audience_no);

-- Which records are one factory is the publisher's word, unless what is shown says so itself: how records that are not shown
-- helped is not told.
CREATE OR REPLACE TABLE link AS
WITH stated AS (
    SELECT DISTINCT m.mention_id, m.facility_id, i.scheme, i.value
    FROM mention m
    JOIN source.compact.stated_identifier i ON i.mention_id = m.source_id AND i.valid
),
identified AS (
    SELECT DISTINCT mention_id
    FROM (SELECT mention_id, count(*) OVER (PARTITION BY facility_id, scheme, value) AS records FROM stated)
    WHERE records > 1
)
SELECT
    m.mention_id, m.facility_id,
    CASE
        WHEN count(*) OVER (PARTITION BY m.facility_id) = 1 THEN 'single'
        WHEN i.mention_id IS NOT NULL THEN 'id'
        WHEN m.name IS NOT NULL AND m.address IS NOT NULL
            AND count(*) OVER (PARTITION BY m.facility_id, lower(m.name), lower(m.address)) > 1 THEN 'exact'
        ELSE 'decision'
    END AS link_method,
    NULL::DOUBLE AS link_probability, m.mention_id AS decision_key
FROM mention m
LEFT JOIN identified i USING (mention_id);
ALTER TABLE mention DROP facility_id;

-- All that visible records state tells which factory a plan means; shown is what a receiver may have.
CREATE OR REPLACE TABLE facility_of_identifier AS
SELECT i.scheme, token(a.inner_key, a.outer_key, i.scheme, i.value) AS value, min(l.facility_id) AS facility_id
FROM source.compact.stated_identifier i
JOIN mention m ON m.source_id = i.mention_id
JOIN audience a USING (audience_no)
JOIN link l ON l.mention_id = m.mention_id
WHERE i.valid
GROUP BY ALL
HAVING count(DISTINCT l.facility_id) = 1;

CREATE OR REPLACE TABLE staged_identifier AS
SELECT DISTINCT m.file_id, m.locator, i.scheme, i.value, i.valid
FROM source.compact.stated_identifier i
JOIN mention m ON m.source_id = i.mention_id
JOIN audience a USING (audience_no)
WHERE m.is_own OR (a.is_named AND i.scheme IN ('os_id', 'tax_code'));
ALTER TABLE mention DROP source_id;
ALTER TABLE mention DROP audience_no;
ALTER TABLE mention DROP is_own;

-- The first of an audience's byte-identical files was loaded, whoever else handed it in; the others are duplicates of it.
CREATE OR REPLACE TABLE made_file AS
WITH told AS (
    SELECT o.shared_id, d.shared_id AS first_id, o.shared_id = d.shared_id AS is_first, o.content_file_id, f.*
    FROM own_file o
    JOIN own_content d USING (audience_no, content_file_id)
    JOIN source.file f USING (file_id)
)
SELECT
    t.shared_id AS file_id, t.shared_id AS content_id, CASE WHEN NOT t.is_first THEN t.first_id END AS duplicate_of,
    t.* EXCLUDE (shared_id, first_id, is_first, content_file_id, file_id, content_id, duplicate_of) REPLACE (
        CASE
            WHEN NOT t.is_first THEN 'duplicate'
            WHEN c.status <> 'loaded_with_issues' THEN c.status::VARCHAR
            WHEN EXISTS (
                SELECT 1 FROM source.compact.stored_issue i
                WHERE i.file_id = c.file_id AND i.is_of_content AND i.severity <> 'info'
            ) THEN 'loaded_with_issues'
            ELSE 'loaded'
        END AS status,
        CASE WHEN t.is_first THEN c.cells_loaded ELSE 0 END AS cells_loaded,
        CASE WHEN t.is_first THEN c.cells_ignored ELSE c.cells_total - c.cells_blank END AS cells_ignored,
        CASE WHEN t.is_first THEN c.cells_quarantined ELSE 0 END AS cells_quarantined
    )
FROM told t
JOIN source.file c ON c.file_id = t.content_file_id;

CREATE OR REPLACE TABLE inbox_file AS
SELECT file_id, contributor, path, received_at, instrument FROM made_file
UNION ALL
SELECT DISTINCT content_file_id, 'granted', '', NULL::DATE, instrument FROM shared_header WHERE NOT is_own
UNION ALL
SELECT DISTINCT shared_file_id, 'granted', '', NULL::DATE, instrument FROM shared_plan WHERE NOT is_own;

CREATE OR REPLACE TABLE harmonised_finding AS
SELECT shared_file_id AS file_id, * EXCLUDE (audience_no, is_own, scope_rank, assessment_id, facility_id, shared_file_id, row_no)
FROM shared_finding
WHERE role IS DISTINCT FROM 'plan';

-- (Actions whose words were withheld stay actions of their own.)
CREATE OR REPLACE TABLE staged_plan AS
SELECT
    p.shared_file_id AS file_id, p.row_order, p.scheme, token(a.inner_key, a.outer_key, p.scheme, p.value) AS value, p.cycle, p.context,
    p.label_hash, CASE WHEN p.is_own THEN p.issue_raw ELSE f.description END AS issue_raw,
    CASE
        WHEN p.is_own THEN p.action
        WHEN p.action IS NOT NULL THEN coalesce(
            f.action, '[withheld ' || row_number() OVER (
                PARTITION BY p.audience_no, p.scheme, p.value, p.cycle, p.context ORDER BY p.locator, p.plan_no
            ) || ']'
        )
    END AS action,
    p.due_on, p.status, p.status_raw, p.locator, NULL::VARCHAR AS extra
FROM shared_plan p
JOIN audience a USING (audience_no)
LEFT JOIN shared_finding f ON f.row_no = -p.plan_no AND f.role = 'plan'
WHERE p.is_own OR f.row_no IS NOT NULL;

CREATE OR REPLACE TABLE merged_facility (old_id VARCHAR, facility_id VARCHAR);
CREATE OR REPLACE TABLE related_facility (facility_id VARCHAR, related_id VARCHAR, kind VARCHAR);
CREATE OR REPLACE TABLE staged_grant AS SELECT *, 0 AS row_order FROM source.consent_grant WHERE false;
