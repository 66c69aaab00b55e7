-- Assessments that are dated after the day of judgement: they stand in no count of what was asked and visited by then.
-- Reads: made_assessment, made_copy. Writes: future_issue.
CREATE OR REPLACE TABLE future_issue AS
SELECT
    c.file_id,
    c.locator,
    'future_assessment' AS code,
    'warning' AS severity,
    coalesce(a.ended_on, a.assessed_on)::VARCHAR AS value,
    'The assessment is dated ' || coalesce(a.ended_on, a.assessed_on) || ', after the day of judgement, '
        || (SELECT day FROM judgement_day) || '; it is kept, and counts as no burden yet.' AS message,
    'Correct the date in the export, or run as of a later day (--as-of).' AS hint,
    false AS withheld
FROM made_assessment a
JOIN made_copy c USING (assessment_id)
WHERE a.published AND coalesce(a.ended_on, a.assessed_on) > getvariable('judgement_day');
