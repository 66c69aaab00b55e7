-- What the crosswalk noticed outside of answers: clauses without a mapping, editions read by another's crosswalk.
-- Reads: harmonised_finding, staged_assessment, readable_edition. Writes: clause_issue.
CREATE OR REPLACE TABLE clause_issue AS
SELECT
    file_id,
    clause_place AS locator,
    'unmapped_code' AS code,
    'warning' AS severity,
    clause AS value,
    'No crosswalk knows the clause ''' || coalesce(clause, '') || '''; the finding is kept without an indicator.' AS message,
    'Map it in mappings/' || instrument || '/.' AS hint,
    false AS withheld
FROM harmonised_finding
WHERE indicator_id IS NULL AND clause IS NOT NULL AND NOT is_ignored AND role IS NULL
UNION ALL
SELECT DISTINCT
    file_id, 'file', 'nearest_edition', 'info', edition,
    'The edition ''' || edition || ''' has no crosswalk of its own; that of ''' || e.crosswalk_edition || ''' was used.',
    'Add a crosswalk of its own if its questions differ.', false
FROM staged_assessment
JOIN readable_edition e USING (instrument, edition)
WHERE e.crosswalk_edition <> edition AND e.is_dated;
