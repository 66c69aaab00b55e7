-- What each delivery states by itself, as far as other deliveries may have won over it or filled its gaps: of it what an
-- audience sees is made anew from the deliveries that it may see, without inbox or stage (`harmonize.sharing`).
-- Reads: the workspace. Writes: release.compact.stated_header, stated_scope, stated_score, stated_finding, stated_plan,
--        stated_mention, sure_record, stated_identifier, copy_evidence.
CREATE OR REPLACE TABLE release.compact.stated_header AS
SELECT
    c.copy_id, c.assessment_id, m.mention_id, d.fingerprint, g.* EXCLUDE (extra, number, follows_up, announced, known_key, assessor_key, group_key)
FROM delivery_group g
JOIN made_copy c ON c.file_id = g.file_id AND c.assessment_no = g.assessment_no
JOIN mention m ON m.file_id = g.content_file_id AND m.assessment_no = g.assessment_no
LEFT JOIN delivery_content d ON d.content_file_id = g.content_file_id AND d.assessment_no = g.assessment_no
ORDER BY g.facility_id, c.assessment_id, g.delivery_rank;

CREATE OR REPLACE TABLE release.compact.stated_scope AS
SELECT file_id, assessment_no, topic_id, scope FROM staged_scope ORDER BY ALL;

CREATE OR REPLACE TABLE release.compact.stated_score AS
SELECT * EXCLUDE (row_order) FROM staged_score ORDER BY ALL;

CREATE OR REPLACE TABLE release.compact.stated_finding AS
SELECT * EXCLUDE (row_order) FROM harmonised_finding ORDER BY file_id, assessment_no, locator;

CREATE OR REPLACE TABLE release.compact.stated_plan AS SELECT * FROM staged_plan ORDER BY file_id, row_order;

-- (What the contract's mention has not.)
CREATE OR REPLACE TABLE release.compact.stated_mention AS
SELECT mention_id, assessment_no, city, sector FROM mention ORDER BY mention_id;

-- What a grant follows: which records are surely one factory, what each states itself, and what shows that a copy is one
-- of its report.
DELETE FROM release.compact.sure_record;
INSERT INTO release.compact.sure_record
SELECT mention_id, sure_group FROM link ORDER BY sure_group, mention_id;

DELETE FROM release.compact.stated_identifier;
INSERT INTO release.compact.stated_identifier
SELECT m.mention_id, i.scheme, i.value, bool_or(i.valid) AS valid
FROM staged_identifier i
JOIN mention m USING (file_id, locator)
GROUP BY m.mention_id, i.scheme, i.value
ORDER BY i.scheme, i.value, m.mention_id;

DELETE FROM release.compact.copy_evidence;
INSERT INTO release.compact.copy_evidence
SELECT copy_id, kind AS evidence FROM sure_copy ORDER BY copy_id;
