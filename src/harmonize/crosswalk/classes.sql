-- Which questions are asked of whom: assessments of one instrument, edition and country read a question alike.
-- Reads: staged_assessment, staged_mention, loaded, stage.set_column, stage.staged_column, staged_finding.
-- Writes: asked_class, stated_header, asked_set, used_column, asked_question.
CREATE OR REPLACE TABLE asked_class AS
SELECT (row_number() OVER (ORDER BY instrument, edition, country))::INTEGER AS class_no, *
FROM (
    SELECT DISTINCT a.instrument, a.edition, m.country
    FROM staged_assessment a
    LEFT JOIN staged_mention m USING (file_id, assessment_no)
);

CREATE OR REPLACE TABLE stated_header AS
SELECT
    a.assessment_key, a.file_id, a.assessment_no, k.class_no,
    -- Where its answers go, once that is known: the number of the assessment and of the delivery in the release.
    NULL::INTEGER AS made_no, NULL::INTEGER AS delivery_no, NULL::verification AS otherwise_verified
FROM staged_assessment a
LEFT JOIN staged_mention m USING (file_id, assessment_no)
JOIN asked_class k
    ON k.instrument = a.instrument AND k.edition IS NOT DISTINCT FROM a.edition
    AND k.country IS NOT DISTINCT FROM m.country;

-- Of every file, whom it asks what: files of one template have one set of columns, whatever their number.
CREATE OR REPLACE TABLE asked_set AS
SELECT DISTINCT h.file_id, h.class_no, f.column_set_no
FROM stated_header h
JOIN loaded f USING (file_id)
WHERE f.column_set_no IS NOT NULL;

CREATE OR REPLACE TABLE used_column AS
SELECT s.column_set_no, s.class_no, u.column_key
FROM (SELECT DISTINCT column_set_no, class_no FROM asked_set) s
JOIN stage.set_column u USING (column_set_no);

CREATE OR REPLACE TABLE asked_question AS
SELECT k.instrument, k.edition, k.country, c.question_id, c.context, c.label_hash
FROM (SELECT DISTINCT class_no, column_key FROM used_column)
JOIN asked_class k USING (class_no)
JOIN stage.staged_column c USING (column_key)
UNION
SELECT k.instrument, k.edition, k.country, f.clause, NULL, NULL
FROM staged_finding f
JOIN stated_header USING (file_id, assessment_no)
JOIN asked_class k USING (class_no)
WHERE f.clause IS NOT NULL;
