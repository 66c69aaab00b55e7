-- What the crosswalk noticed: withheld answers, unknown units, clauses and questions without a mapping.
-- Reads: harmonised_answer, harmonised_finding, staged_assessment. Writes: answer_issue.
CREATE OR REPLACE TABLE answer_issue AS
WITH withheld AS (
    SELECT
        file_id,
        locator,
        problem AS code,
        'warning' AS severity,
        raw_value AS value,
        CASE problem
            WHEN 'unknown_answer' THEN '''' || raw_value || ''' is no answer that this question takes.'
            WHEN 'negative_quantity' THEN 'The quantity ' || raw_value || ' is negative.'
            WHEN 'quantity_without_unit' THEN 'The quantity ' || raw_value || ' has no unit.'
            WHEN 'unknown_unit' THEN 'The unit ''' || raw_unit || ''' is not known.'
            WHEN 'wrong_dimension' THEN 'The unit ''' || raw_unit || ''' does not fit; ' || accepted_units || ' would.'
            WHEN 'undecidable_number' THEN '''' || raw_value || ''' can be read in two ways and the file uses both styles.'
            ELSE '''' || raw_value || ''' is no number.'
        END AS message,
        CASE problem
            WHEN 'unknown_answer' THEN 'Correct the answer, or add the word to the scale.'
            WHEN 'unknown_unit' THEN 'Correct the unit, or add its spelling to schemas/units.yml.'
            ELSE 'Correct the value in the export.'
        END AS hint,
        true AS withheld
    FROM harmonised_answer
    WHERE problem IS NOT NULL
),
unit_cells AS (
    SELECT
        file_id, unit_place, problem, 'warning', raw_unit,
        'The quantity beside this unit was withheld: the unit ''' || raw_unit || ''' '
            || CASE problem WHEN 'unknown_unit' THEN 'is not known.' ELSE 'does not fit.' END,
        'Correct the unit, or add its spelling to schemas/units.yml.', false
    FROM harmonised_answer
    WHERE problem IN ('unknown_unit', 'wrong_dimension') AND unit_place IS NOT NULL
),
clauses AS (
    SELECT
        file_id, clause_place, 'unmapped_code', 'warning', clause,
        'No crosswalk knows the clause ''' || coalesce(clause, '') || '''; the finding is kept without an indicator.',
        'Map it in mappings/' || instrument || '/.', false
    FROM harmonised_finding
    WHERE indicator_id IS NULL AND clause IS NOT NULL AND NOT is_ignored
),
questions AS (
    SELECT DISTINCT
        a.file_id, 'header', 'drift', 'warning', a.question_id,
        'No crosswalk lists the question ''' || a.question_id || '''; its answers are kept unmapped.',
        'Map it in mappings/' || h.instrument || '/.', false
    FROM harmonised_answer a
    JOIN staged_assessment h USING (file_id, assessment_no)
    JOIN readable_edition e ON e.instrument = h.instrument AND e.edition = h.edition
    WHERE a.mapping_id IS NULL
),
nearest AS (
    SELECT DISTINCT
        file_id, 'file', 'nearest_edition', 'info', edition,
        'The edition ''' || edition || ''' has no crosswalk of its own; that of ''' || e.crosswalk_edition
            || ''' was used.',
        'Add a crosswalk of its own if its questions differ.', false
    FROM staged_assessment
    JOIN readable_edition e USING (instrument, edition)
    WHERE e.crosswalk_edition <> edition AND e.is_dated
)
SELECT * FROM withheld
UNION ALL SELECT * FROM unit_cells
UNION ALL SELECT * FROM clauses
UNION ALL SELECT * FROM questions
UNION ALL SELECT * FROM nearest;
