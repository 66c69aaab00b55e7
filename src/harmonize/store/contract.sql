-- The contract tables from what the stages made. Reads the workspace (attached as `work`), writes the release file.
INSERT INTO file BY NAME SELECT * FROM work.made_file;

INSERT INTO facility_mention BY NAME
SELECT
    m.mention_id, l.facility_id, m.file_id, m.locator, m.contributor, m.instrument, m.name, m.address, m.country,
    l.link_method, l.link_probability, l.decision_key, m.name_local, m.admin1, m.latitude, m.longitude, m.workers, m.extra
FROM work.mention m
JOIN work.link l USING (mention_id)
ORDER BY l.facility_id, m.mention_id;

INSERT INTO assessment BY NAME
SELECT * EXCLUDE (cycle) FROM work.made_assessment ORDER BY facility_id, assessment_id;

INSERT INTO assessment_copy BY NAME
SELECT copy_id, assessment_id, file_id, locator, contributor, native_id, relation, received_at, wins, evidence
FROM work.made_copy ORDER BY assessment_id, delivery_rank;

INSERT INTO assessment_scope BY NAME
SELECT * FROM work.made_scope ORDER BY assessment_id, topic_id;

INSERT INTO answer BY NAME
SELECT
    w.assessment_id, w.question_id, w.indicator_id, w.comparability, w.state, w.value_text, w.value_number, w.unit,
    w.value_date, w.raw_value, w.raw_unit, w.answered_by, w.verification, w.reason, w.legal_flag, w.file_id, w.locator,
    w.mapping_id
FROM work.made_answer w
JOIN work.made_assessment a USING (assessment_id)
ORDER BY a.facility_id, w.assessment_id, w.question_id, w.answered_by;

INSERT INTO finding BY NAME
SELECT * EXCLUDE (action, responsible, context, label_hash) FROM work.made_finding
ORDER BY assessment_id, finding_id;

INSERT INTO corrective_action BY NAME SELECT * FROM work.made_action ORDER BY finding_id, action_id;

INSERT INTO score BY NAME
SELECT c.assessment_id, s.section, s.level, s.score, s.maximum, s.answered_by, s.value_text
FROM work.staged_score s
JOIN work.made_copy c ON c.content_file_id = s.file_id AND c.assessment_no = s.assessment_no
WHERE c.wins
ORDER BY c.assessment_id, s.section, s.level, s.answered_by;

INSERT INTO conflict BY NAME SELECT * FROM work.made_conflict ORDER BY assessment_id, question_id, copy_id;
INSERT INTO contradiction BY NAME SELECT * FROM work.made_contradiction ORDER BY ALL;
INSERT INTO overlap BY NAME SELECT * FROM work.made_overlap ORDER BY facility_id, indicator_id, window_start;

INSERT INTO facility_identifier BY NAME
SELECT
    l.facility_id,
    i.scheme,
    i.value,
    bool_or(i.valid) AS valid,
    string_agg(DISTINCT m.instrument, ',' ORDER BY m.instrument) AS source
FROM work.staged_identifier i
JOIN work.mention m USING (file_id, locator)
JOIN work.link l USING (mention_id)
GROUP BY l.facility_id, i.scheme, i.value
ORDER BY ALL;

INSERT INTO facility_alias BY NAME SELECT * FROM work.facility_alias ORDER BY ALL;

INSERT INTO facility BY NAME
WITH dated AS (
    SELECT
        m.*,
        l.facility_id,
        coalesce(a.assessed_on, f.received_at) AS seen_on,
        -- A record with many identifiers and parts describes its factory best.
        (SELECT count(*) FROM work.staged_identifier i
            WHERE i.file_id = m.file_id AND i.locator = m.locator AND i.valid) AS identifier_count
    FROM work.mention m
    JOIN work.link l USING (mention_id)
    JOIN work.made_file f USING (file_id)
    LEFT JOIN work.staged_assessment a USING (file_id, assessment_no)
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
    FROM work.staged_identifier i
    JOIN work.mention m USING (file_id, locator)
    JOIN work.link l USING (mention_id)
    WHERE i.valid AND i.scheme IN ('os_id', 'tax_code')
    GROUP BY l.facility_id, i.scheme
)
SELECT
    r.facility_id,
    first(r.name ORDER BY best) FILTER (r.name IS NOT NULL) AS name,
    first(r.name_local ORDER BY best) FILTER (r.name_local IS NOT NULL) AS name_local,
    first(r.address ORDER BY best) FILTER (r.address IS NOT NULL) AS address,
    first(r.country ORDER BY best) FILTER (r.country IS NOT NULL) AS country,
    first(r.admin1 ORDER BY best) FILTER (r.admin1 IS NOT NULL) AS admin1,
    first(r.latitude ORDER BY best) FILTER (r.latitude IS NOT NULL AND r.longitude IS NOT NULL) AS latitude,
    first(r.longitude ORDER BY best) FILTER (r.latitude IS NOT NULL AND r.longitude IS NOT NULL) AS longitude,
    first(r.sector ORDER BY best) FILTER (r.sector IS NOT NULL) AS sector,
    first(r.workers ORDER BY seen_on DESC NULLS LAST, best) FILTER (r.workers IS NOT NULL) AS workers,
    (SELECT value FROM identifier i WHERE i.facility_id = r.facility_id AND scheme = 'os_id') AS os_id,
    (SELECT value FROM identifier i WHERE i.facility_id = r.facility_id AND scheme = 'tax_code') AS tax_code,
    count(*) AS mention_count,
    min(seen_on) AS first_seen,
    max(seen_on) AS last_seen
FROM ranked r
GROUP BY r.facility_id
ORDER BY r.facility_id;

INSERT INTO facility_relation BY NAME
-- Sites that state one company's tax code or account are of one company.
SELECT DISTINCT a.facility_id, b.facility_id AS related_id, 'same_company' AS kind
FROM facility_identifier a
JOIN facility_identifier b
    ON b.scheme = a.scheme AND b.value = a.value AND b.facility_id > a.facility_id AND b.valid AND a.valid
WHERE a.scheme IN ('tax_code', 'higg_account', 'kh_registration')
ORDER BY ALL;

INSERT INTO issue BY NAME
SELECT issue_id, file_id, locator, code, severity, value, message, hint FROM work.made_issue ORDER BY file_id, locator, code, issue_id;
INSERT INTO quarantine BY NAME
SELECT issue_id, file_id, locator, code, severity, value, message, hint FROM work.made_issue
WHERE withheld ORDER BY file_id, locator, code, issue_id;

INSERT INTO consent_grant BY NAME SELECT * FROM work.staged_grant ORDER BY grant_id, file_id, locator;
