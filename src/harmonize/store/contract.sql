-- The contract tables from what the stages made. Reads the workspace, writes the release file (attached as `release`).
INSERT INTO release.file BY NAME SELECT * FROM made_file;

INSERT INTO release.facility_mention BY NAME
SELECT
    m.mention_id, l.facility_id, m.file_id, m.locator, m.contributor, m.instrument, m.name, m.address, m.country,
    l.link_method, l.link_probability, l.decision_key, m.name_local, m.admin1, m.latitude, m.longitude, m.workers, m.extra
FROM mention m
JOIN link l USING (mention_id)
ORDER BY l.facility_id, m.mention_id;

INSERT INTO release.assessment BY NAME
SELECT * EXCLUDE (cycle) FROM made_assessment ORDER BY facility_id, assessment_id;

INSERT INTO release.assessment_copy BY NAME
SELECT
    c.copy_id, c.assessment_id, c.file_id, c.locator, c.contributor, c.native_id, c.relation, c.received_at, c.wins, s.evidence,
    s.confidence, s.agreement, s.compared, c.assessed_on, c.status, c.updated_at, c.decision_key
FROM made_copy c
JOIN sure_copy s USING (copy_id)
ORDER BY c.assessment_id, c.delivery_rank;

INSERT INTO release.doubtful_copy BY NAME SELECT * FROM made_doubt ORDER BY ALL;

INSERT INTO release.report_difference BY NAME SELECT * FROM made_difference ORDER BY ALL;

INSERT INTO release.assessment_relation BY NAME
SELECT * FROM visit_relation ORDER BY assessment_id, related_id;

INSERT INTO release.burden BY NAME SELECT * FROM made_burden ORDER BY facility_id, year;

INSERT INTO release.assessment_scope BY NAME
SELECT * FROM made_scope ORDER BY assessment_id, topic_id;

INSERT INTO release.finding BY NAME
SELECT * EXCLUDE (action, responsible, context, label_hash) FROM made_finding
ORDER BY assessment_id, finding_id;

INSERT INTO release.corrective_action BY NAME SELECT * FROM made_action ORDER BY finding_id, action_id;

INSERT INTO release.score BY NAME
SELECT c.assessment_id, s.section, s.level, s.score, s.maximum, s.answered_by, s.value_text
FROM staged_score s
JOIN made_copy c ON c.content_file_id = s.file_id AND c.assessment_no = s.assessment_no
WHERE c.wins
ORDER BY c.assessment_id, s.section, s.level, s.answered_by;

INSERT INTO release.facility_identifier BY NAME
SELECT
    l.facility_id,
    i.scheme,
    i.value,
    bool_or(i.valid) AS valid,
    array_to_string(list_sort(list_distinct(list(m.instrument))), ',') AS source
FROM staged_identifier i
JOIN mention m USING (file_id, locator)
JOIN link l USING (mention_id)
GROUP BY l.facility_id, i.scheme, i.value
ORDER BY ALL;

INSERT INTO release.facility_alias BY NAME SELECT * FROM merged_facility ORDER BY ALL;

INSERT INTO release.facility BY NAME
WITH dated AS (
    SELECT
        m.*,
        l.facility_id,
        coalesce(a.assessed_on, f.received_at) AS seen_on,
        -- A record with many identifiers and parts describes its factory best.
        (SELECT count(*) FROM staged_identifier i
            WHERE i.file_id = m.file_id AND i.locator = m.locator AND i.valid) AS identifier_count
    FROM mention m
    JOIN link l USING (mention_id)
    LEFT JOIN made_file f USING (file_id)
    LEFT JOIN staged_assessment a USING (file_id, assessment_no)
),
ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY facility_id
            ORDER BY (name IS NOT NULL) DESC, identifier_count DESC, length(coalesce(address, '')) DESC, mention_id
        ) AS best
    FROM dated
),
identifier AS (
    SELECT l.facility_id, i.scheme, mode(i.value ORDER BY i.value) AS value
    FROM staged_identifier i
    JOIN mention m USING (file_id, locator)
    JOIN link l USING (mention_id)
    WHERE i.valid AND i.scheme IN ('os_id', 'tax_code')
    GROUP BY l.facility_id, i.scheme
)
SELECT
    r.facility_id,
    arg_min(r.name, best) AS name,
    arg_min(r.name_local, best) AS name_local,
    arg_min(r.address, best) AS address,
    arg_min(r.country, best) AS country,
    arg_min(r.admin1, best) AS admin1,
    arg_min(r.latitude, best) FILTER (r.latitude IS NOT NULL AND r.longitude IS NOT NULL) AS latitude,
    arg_min(r.longitude, best) FILTER (r.latitude IS NOT NULL AND r.longitude IS NOT NULL) AS longitude,
    arg_min(r.sector, best) AS sector,
    first(r.workers ORDER BY seen_on DESC NULLS LAST, best) FILTER (r.workers IS NOT NULL) AS workers,
    (SELECT value FROM identifier i WHERE i.facility_id = r.facility_id AND scheme = 'os_id') AS os_id,
    (SELECT value FROM identifier i WHERE i.facility_id = r.facility_id AND scheme = 'tax_code') AS tax_code,
    count(*) AS mention_count,
    min(seen_on) AS first_seen,
    max(seen_on) AS last_seen
FROM ranked r
GROUP BY r.facility_id
ORDER BY r.facility_id;

INSERT INTO release.facility_relation BY NAME SELECT * FROM related_facility ORDER BY ALL;

INSERT INTO release.consent_grant BY NAME SELECT * EXCLUDE (row_order) FROM staged_grant ORDER BY grant_id, file_id, locator;
