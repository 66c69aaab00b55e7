-- One audience's file, out of the release that was made for all of them; `shared` is its file, a copy of the empty one.
-- Inner numbers are given anew by content: none tells what others were asked.
-- Reads: release, shared_facility, shared_assessment, shared_file, shared_delivery, shared_header. Variables: audience_no.
CREATE OR REPLACE TEMP TABLE its_facility AS
SELECT shared_id AS facility_id FROM shared_facility WHERE audience_no = getvariable('audience_no');
CREATE OR REPLACE TEMP TABLE its_assessment AS
SELECT
    shared_id AS assessment_id, shared_no AS joint_no, is_own,
    (row_number() OVER (ORDER BY shared_no))::INTEGER AS assessment_no
FROM shared_assessment
WHERE audience_no = getvariable('audience_no');
CREATE OR REPLACE TEMP TABLE its_file AS
SELECT DISTINCT shared_id AS file_id FROM shared_file WHERE audience_no = getvariable('audience_no') AND is_own;

INSERT INTO shared.facility FROM release.facility SEMI JOIN its_facility USING (facility_id) ORDER BY ALL;
INSERT INTO shared.facility_identifier FROM release.facility_identifier SEMI JOIN its_facility USING (facility_id) ORDER BY ALL;
INSERT INTO shared.facility_alias FROM release.facility_alias SEMI JOIN its_facility USING (facility_id) ORDER BY ALL;
INSERT INTO shared.facility_mention FROM release.facility_mention SEMI JOIN its_facility USING (facility_id) ORDER BY ALL;
INSERT INTO shared.assessment
SELECT a.* REPLACE (CASE WHEN t.is_own THEN o.native_id ELSE a.assessment_id || '-N' END AS native_id)
FROM release.assessment a
JOIN its_assessment t USING (assessment_id)
-- (Its own number, not one that a granted delivery prints.)
LEFT JOIN (
    SELECT shared_assessment_id AS assessment_id, arg_min(native_id, rank_of_all) AS native_id
    FROM shared_header
    WHERE is_own
    GROUP BY ALL
) o USING (assessment_id)
ORDER BY t.assessment_no;
INSERT INTO shared.assessment_copy
SELECT * REPLACE (
    CASE WHEN file_id IN (FROM its_file) THEN native_id END AS native_id, NULL AS decision_key
)
FROM release.assessment_copy
SEMI JOIN its_assessment USING (assessment_id)
-- (What was granted of one assessment is one delivery.)
QUALIFY file_id IN (FROM its_file) OR row_number() OVER (
    PARTITION BY assessment_id, file_id IN (FROM its_file) ORDER BY wins DESC, copy_id
) = 1
ORDER BY ALL;
UPDATE shared.assessment a SET copy_count = c.copies
FROM (SELECT assessment_id, count(*) AS copies FROM shared.assessment_copy GROUP BY ALL) c
WHERE c.assessment_id = a.assessment_id;
INSERT INTO shared.assessment_relation FROM release.assessment_relation SEMI JOIN its_assessment USING (assessment_id) ORDER BY ALL;
INSERT INTO shared.assessment_scope FROM release.assessment_scope SEMI JOIN its_assessment USING (assessment_id) ORDER BY ALL;
INSERT INTO shared.score FROM release.score SEMI JOIN its_assessment USING (assessment_id) ORDER BY ALL;
INSERT INTO shared.finding
SELECT * REPLACE (
    CASE WHEN file_id IN (FROM its_file) THEN locator ELSE 'granted' END AS locator,
    CASE WHEN file_id IN (FROM its_file) THEN native_id END AS native_id
)
FROM release.finding
SEMI JOIN its_assessment USING (assessment_id)
ORDER BY ALL;
INSERT INTO shared.corrective_action
SELECT * REPLACE (CASE WHEN file_id IN (FROM its_file) THEN locator ELSE 'granted' END AS locator)
FROM release.corrective_action
-- (What was granted of a plan is about a finding that stands here.)
WHERE finding_id IN (SELECT finding_id FROM shared.finding) OR file_id IN (FROM its_file)
ORDER BY ALL;
INSERT INTO shared.conflict
SELECT * REPLACE (
    CASE WHEN winning_copy_id IN (SELECT copy_id FROM shared.assessment_copy WHERE file_id IN (FROM its_file)) THEN winning_locator
    ELSE 'granted' END AS winning_locator,
    coalesce(
        (SELECT c.copy_id FROM shared.assessment_copy c WHERE c.copy_id = winning_copy_id),
        (SELECT c.copy_id FROM shared.assessment_copy c WHERE c.assessment_id = conflict.assessment_id AND c.contributor = 'granted')
    ) AS winning_copy_id
)
FROM release.conflict
SEMI JOIN its_assessment USING (assessment_id)
ORDER BY ALL;
INSERT INTO shared.contradiction
SELECT * REPLACE (
    CASE WHEN file_a IN (FROM its_file) THEN locator_a ELSE 'granted' END AS locator_a,
    CASE WHEN file_b IN (FROM its_file) THEN locator_b ELSE 'granted' END AS locator_b
)
FROM release.contradiction
SEMI JOIN its_facility USING (facility_id)
ORDER BY ALL;
INSERT INTO shared.overlap FROM release.overlap SEMI JOIN its_facility USING (facility_id) ORDER BY ALL;
INSERT INTO shared.burden FROM release.burden SEMI JOIN its_facility USING (facility_id) ORDER BY ALL;
INSERT INTO shared.file FROM release.file SEMI JOIN its_file USING (file_id) ORDER BY ALL;

-- The compact answers.
CREATE OR REPLACE TEMP TABLE its_answer AS
SELECT a.* REPLACE (
    t.assessment_no AS assessment_no,
    CASE WHEN d.is_own THEN 1 ELSE 0 END AS place_no
)
FROM release.compact.stored_answer a
JOIN its_assessment t ON t.joint_no = a.assessment_no
JOIN shared_delivery d USING (delivery_no);

CREATE OR REPLACE TEMP TABLE its_question AS
SELECT question_no AS joint_no, (row_number() OVER (ORDER BY question_no))::INTEGER AS number
FROM (SELECT DISTINCT question_no FROM its_answer);
CREATE OR REPLACE TEMP TABLE its_delivery AS
SELECT d.delivery_no AS joint_no, d.file_id, (dense_rank() OVER (ORDER BY d.file_id))::INTEGER AS number
FROM release.compact.delivery d
WHERE d.delivery_no IN (SELECT DISTINCT delivery_no FROM its_answer);
CREATE OR REPLACE TEMP TABLE its_place AS
SELECT number AS joint_no, number, prefix, '' AS suffix
FROM (VALUES (0, 'granted'), (1, 'answer')) AS t(number, prefix)
WHERE number IN (SELECT place_no FROM its_answer);
CREATE OR REPLACE TEMP TABLE its_text AS
SELECT t.text_no AS joint_no, t.raw_value, t.digest, (row_number() OVER (ORDER BY t.raw_value))::INTEGER AS number
FROM release.compact.stated_text t
WHERE t.text_no IN (SELECT DISTINCT text_no FROM its_answer WHERE text_no > 0);
CREATE OR REPLACE TEMP TABLE its_unit AS
SELECT u.raw_unit_no AS joint_no, u.raw_unit, u.unit, (row_number() OVER (ORDER BY u.raw_unit, u.unit))::INTEGER AS number
FROM release.compact.raw_unit u
WHERE u.raw_unit_no IN (SELECT DISTINCT raw_unit_no FROM its_answer WHERE raw_unit_no > 0);
CREATE OR REPLACE TEMP TABLE its_remark AS
SELECT
    r.remark_no AS joint_no, r.* EXCLUDE (remark_no),
    (dense_rank() OVER (ORDER BY r.reason, r.legal_flag, r.description, r.value_text))::INTEGER AS number
FROM release.compact.remark r
WHERE r.remark_no IN (SELECT DISTINCT remark_no FROM its_answer WHERE remark_no > 0);

INSERT INTO shared.compact.question
SELECT n.number, q.* EXCLUDE (question_no) FROM release.compact.question q JOIN its_question n ON n.joint_no = q.question_no
ORDER BY n.number;
INSERT INTO shared.compact.delivery SELECT DISTINCT number, file_id FROM its_delivery ORDER BY number;
INSERT INTO shared.compact.place
SELECT number, 0, prefix, suffix, NULL, NULL, hash(prefix, suffix) FROM its_place ORDER BY number;
INSERT INTO shared.compact.stated_text SELECT number, raw_value, digest FROM its_text ORDER BY number;
INSERT INTO shared.compact.raw_unit SELECT number, raw_unit, unit FROM its_unit ORDER BY number;
INSERT INTO shared.compact.remark
SELECT DISTINCT number, reason, legal_flag, description, value_text, digest FROM its_remark ORDER BY number;
INSERT INTO shared.compact.stored_answer
SELECT
    a.assessment_no, q.number, a.answered_by, a.state, a.verification, coalesce(t.number, 0), a.rare_value, a.value_number,
    coalesce(u.number, 0), coalesce(r.number, 0), d.number, a.row_no, p.number
FROM its_answer a
JOIN its_question q ON q.joint_no = a.question_no
JOIN its_delivery d ON d.joint_no = a.delivery_no
JOIN its_place p ON p.joint_no = a.place_no
LEFT JOIN its_text t ON t.joint_no = a.text_no
LEFT JOIN its_unit u ON u.joint_no = a.raw_unit_no
LEFT JOIN its_remark r ON r.joint_no = a.remark_no
ORDER BY a.assessment_no, q.number, a.answered_by;
INSERT INTO shared.compact.stored_assessment
SELECT t.assessment_no, s.* EXCLUDE (assessment_no) REPLACE (0 AS signature, coalesce(d.digest, '') AS digest)
FROM release.compact.stored_assessment s
JOIN its_assessment t ON t.joint_no = s.assessment_no
LEFT JOIN (
    SELECT
        a.assessment_no,
        sum(hash(
            q.digest, p.digest, f.file_id, a.row_no, a.answered_by, a.state, a.verification, coalesce(v.digest, hash(a.rare_value)),
            a.value_number, u.raw_unit, u.unit, r.digest
        )::HUGEINT)::VARCHAR AS digest
    FROM shared.compact.stored_answer a
    JOIN shared.compact.question q USING (question_no)
    JOIN shared.compact.place p USING (place_no)
    JOIN shared.compact.delivery f USING (delivery_no)
    JOIN shared.compact.stated_text v USING (text_no)
    JOIN shared.compact.raw_unit u USING (raw_unit_no)
    JOIN shared.compact.remark r USING (remark_no)
    GROUP BY a.assessment_no
) d ON d.assessment_no = t.assessment_no
ORDER BY t.assessment_no;
INSERT INTO shared.compact.asked_question
SELECT s.instrument, s.edition, a.question_no, count(*)
FROM shared.compact.stored_answer a
JOIN shared.compact.stored_assessment s USING (assessment_no)
GROUP BY ALL
ORDER BY ALL;
INSERT INTO shared.compact.follow_up FROM release.compact.follow_up SEMI JOIN its_assessment USING (assessment_id) ORDER BY ALL;
INSERT INTO shared.compact.topic_count
SELECT c.* REPLACE (t.assessment_no AS assessment_no)
FROM release.compact.topic_count c
JOIN its_assessment t ON t.joint_no = c.assessment_no
ORDER BY ALL;

CREATE OR REPLACE TEMP TABLE its_factory AS
SELECT f.facility_no AS joint_no, f.facility_id, (row_number() OVER (ORDER BY f.facility_id))::INTEGER AS facility_no
FROM release.compact.stored_facility f
SEMI JOIN its_facility USING (facility_id)
ORDER BY ALL;
INSERT INTO shared.compact.stored_facility SELECT facility_no, facility_id, 0 FROM its_factory ORDER BY facility_no;
INSERT INTO shared.compact.latest
SELECT l.* REPLACE (f.facility_no AS facility_no, q.number AS question_no, t.assessment_no AS assessment_no)
FROM release.compact.latest l
JOIN its_factory f ON f.joint_no = l.facility_no
JOIN its_question q ON q.joint_no = l.question_no
JOIN its_assessment t ON t.joint_no = l.assessment_no
ORDER BY q.number, f.facility_no;
INSERT INTO shared.compact.asked_year
SELECT y.* REPLACE (f.facility_no AS facility_no)
FROM release.compact.asked_year y
JOIN its_factory f ON f.joint_no = y.facility_no
ORDER BY ALL;
INSERT INTO shared.compact.topic_state
SELECT s.* REPLACE (f.facility_no AS facility_no)
FROM release.compact.topic_state s
JOIN its_factory f ON f.joint_no = s.facility_no
ORDER BY ALL;
INSERT INTO shared.compact.open_finding
SELECT n.* REPLACE (CASE WHEN n.file_id IN (FROM its_file) THEN n.locator ELSE 'granted' END AS locator)
FROM release.compact.open_finding n
SEMI JOIN its_assessment USING (assessment_id)
ORDER BY n.facility_id, n.assessment_id, n.finding_id;

-- What was noticed in the content of its own files.
INSERT INTO shared.compact.stored_issue
SELECT i.* REPLACE (
    'HI' || upper(substr(sha256(concat_ws('|', o.shared_id, i.locator, i.code, i.value)), 1, 16)) AS issue_id, o.shared_id AS file_id
)
FROM source.compact.stored_issue i
JOIN own_content o ON o.content_file_id = i.file_id AND o.audience_no = getvariable('audience_no')
WHERE i.is_of_content
ORDER BY ALL;

-- Its own grants, as far as they open something.
INSERT INTO shared.consent_grant BY NAME
SELECT
    g.* EXCLUDE (audience_no) REPLACE (
        'G-' || upper(substr(sha256(concat_ws('|', a.audience, g.grant_id)), 1, 12)) AS grant_id, '' AS file_id, 'granted' AS locator,
        NULL AS evidence
    )
FROM audience_grant g
JOIN audience a USING (audience_no)
WHERE g.audience_no = getvariable('audience_no')
ORDER BY ALL;
