-- Which assessments follow up what is open: they ask no questions of their own.
-- Reads: made_assessment, follow_up_word. Writes: release.compact.follow_up.
DELETE FROM release.compact.follow_up;
INSERT INTO release.compact.follow_up
SELECT assessment_id
FROM made_assessment
WHERE regexp_matches(lower(assessment_type), (SELECT string_agg(word, '|') FROM follow_up_word))
ORDER BY assessment_id;
