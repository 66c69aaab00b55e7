-- Where does this one answer come from: which file, which cell, whose export?
SELECT f.contributor, f.path, a.locator, a.raw_value, a.raw_unit, a.state, a.mapping_id
FROM answer a
JOIN file f USING (file_id)
WHERE a.assessment_id = $assessment AND a.question_id = $question;
