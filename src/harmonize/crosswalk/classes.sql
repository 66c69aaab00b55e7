-- Which questions are asked of whom: assessments of one instrument, edition and country read a question alike.
-- Reads: staged_assessment, staged_mention, loaded, stage.column_set, stage.set_column, stage.staged_column, staged_finding,
--        release.compact.
-- Writes: release.compact.asked_class, stated_header, asking_file, asked_group, examined_set, group_column, new_column,
--        asked_question, asked_clause; what nobody asks any more goes from release.compact.meaning, asked_set, read_clause.
CREATE OR REPLACE TABLE asking AS
SELECT DISTINCT a.instrument, a.edition, m.country
FROM staged_assessment a
LEFT JOIN staged_mention m USING (file_id, assessment_no);

-- A class keeps its number: what its columns mean is handed on.
INSERT INTO release.compact.asked_class
SELECT
    ((SELECT coalesce(max(class_no), 0) FROM release.compact.asked_class)
        + row_number() OVER (ORDER BY instrument, edition, country))::INTEGER,
    *
FROM (FROM asking EXCEPT SELECT instrument, edition, country FROM release.compact.asked_class);

CREATE OR REPLACE TABLE stated_header AS
SELECT
    a.assessment_key, a.file_id, a.assessment_no, k.class_no,
    -- Where its answers go, once that is known: the number of the assessment and of the delivery in the release.
    NULL::INTEGER AS made_no, NULL::INTEGER AS delivery_no, NULL::verification AS otherwise_verified
FROM staged_assessment a
LEFT JOIN staged_mention m USING (file_id, assessment_no)
JOIN release.compact.asked_class k
    ON k.instrument = a.instrument AND k.edition IS NOT DISTINCT FROM a.edition
    AND k.country IS NOT DISTINCT FROM m.country;

-- Of every file, whom it asks what: files of one template have one set of columns, and files of one programme ask the
-- same group of classes, whatever their number.
CREATE OR REPLACE TABLE asking_file AS
SELECT
    f.file_id, s.column_set_no, s.digest AS set_digest, (dense_rank() OVER (ORDER BY f.classes))::INTEGER AS group_no, f.classes
FROM (SELECT file_id, list(DISTINCT class_no ORDER BY class_no) AS classes FROM stated_header GROUP BY file_id) f
JOIN loaded USING (file_id)
JOIN stage.column_set s USING (column_set_no);

CREATE OR REPLACE TABLE asked_group AS
SELECT group_no, unnest(any_value(classes)) AS class_no FROM asking_file GROUP BY group_no;

-- What a set means for a group is known, or worked out now. Where something is asked no more, all are looked at: only so is
-- known what goes with it.
CREATE OR REPLACE TABLE gone_set AS
SELECT set_digest, classes FROM release.compact.asked_set ANTI JOIN asking_file USING (set_digest, classes);

DELETE FROM release.compact.asked_set WHERE (SELECT count(*) FROM gone_set) > 0;

CREATE OR REPLACE TABLE examined_set AS
SELECT DISTINCT column_set_no, set_digest, group_no, classes
FROM asking_file
ANTI JOIN release.compact.asked_set USING (set_digest, classes);

CREATE OR REPLACE TABLE group_column AS
SELECT DISTINCT s.group_no, u.column_key
FROM examined_set s
JOIN stage.set_column u USING (column_set_no);

CREATE OR REPLACE TABLE used_column AS
SELECT DISTINCT g.class_no, c.column_key FROM group_column c JOIN asked_group g USING (group_no);

CREATE OR REPLACE TABLE used_clause AS
SELECT DISTINCT h.class_no, f.clause
FROM staged_finding f
JOIN stated_header h USING (file_id, assessment_no)
WHERE f.clause IS NOT NULL;

-- What nobody asks any more is not handed on.
DELETE FROM release.compact.meaning m
WHERE (SELECT count(*) FROM gone_set) > 0 AND NOT EXISTS (FROM used_column u WHERE u.class_no = m.class_no AND u.column_key = m.column_key);
DELETE FROM release.compact.read_clause c
WHERE NOT EXISTS (FROM used_clause u WHERE u.class_no = c.class_no AND u.clause = c.clause);
DELETE FROM release.compact.asked_class WHERE class_no NOT IN (SELECT class_no FROM stated_header);

CREATE OR REPLACE TABLE new_column AS
SELECT u.* FROM used_column u ANTI JOIN release.compact.meaning m USING (class_no, column_key);

CREATE OR REPLACE TABLE asked_question AS
SELECT DISTINCT k.class_no, k.instrument, k.edition, k.country, c.question_id, c.context, c.label_hash
FROM new_column
JOIN release.compact.asked_class k USING (class_no)
JOIN stage.staged_column c USING (column_key);

CREATE OR REPLACE TABLE asked_clause AS
SELECT k.class_no, k.instrument, k.edition, k.country, u.clause, NULL AS context, NULL AS label_hash
FROM used_clause u
JOIN release.compact.asked_class k USING (class_no)
ANTI JOIN release.compact.read_clause c USING (class_no, clause);
