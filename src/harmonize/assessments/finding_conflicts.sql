-- What losing deliveries say otherwise of a finding.
-- Reads: finding_row. Writes: release.conflict.
CREATE OR REPLACE TABLE finding_part AS
WITH listed AS (
    SELECT
        assessment_id, identity, coalesce(native_id, clause, '') AS called, copy_id, locator, delivery_rank,
        unnest([
            {'part': 'severity', 'value': severity_raw},
            {'part': 'status', 'value': status_raw},
            {'part': 'due date', 'value': due_on::VARCHAR}
        ], recursive := true)
    FROM finding_row
)
SELECT * FROM listed WHERE value IS NOT NULL;

DELETE FROM release.conflict WHERE starts_with(question_id, 'finding ');
INSERT INTO release.conflict BY NAME
SELECT
    p.assessment_id,
    'finding ' || p.called AS question_id,
    p.copy_id,
    p.value AS value_raw,
    w.value AS winning_value_raw,
    'the winning delivery states its ' || p.part || ' otherwise' AS reason,
    w.copy_id AS winning_copy_id,
    p.locator,
    w.locator AS winning_locator
FROM finding_part p
JOIN (
    SELECT
        assessment_id, identity, part, arg_min(value, delivery_rank) AS value, arg_min(copy_id, delivery_rank) AS copy_id,
        arg_min(locator, delivery_rank) AS locator
    FROM finding_part
    GROUP BY ALL
) w USING (assessment_id, identity, part)
WHERE lower(p.value) <> lower(w.value)
ORDER BY ALL;
