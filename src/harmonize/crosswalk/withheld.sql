-- What was noticed in the answers of the files in `to_judge`: withheld values, and units beside them.
-- Reads: judged_answer (pointed at the files that need it).
-- Writes: answer_issue.
CREATE OR REPLACE TABLE answer_issue AS
WITH withheld AS (
    SELECT
        j.*,
        j.prefix || coalesce(j.row_no::VARCHAR, '') || j.suffix AS locator,
        j.unit_prefix || coalesce(j.row_no::VARCHAR, '') || j.unit_suffix AS unit_place
    FROM judged_answer j
    WHERE NOT j.is_loaded_anyway AND j.problem IS NOT NULL
),
values_withheld AS (
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
    FROM withheld
),
unit_cells AS (
    SELECT
        file_id, unit_place, problem, 'warning', raw_unit,
        'The quantity beside this unit was withheld: the unit ''' || raw_unit || ''' '
            || CASE problem WHEN 'unknown_unit' THEN 'is not known.' ELSE 'does not fit.' END,
        'Correct the unit, or add its spelling to schemas/units.yml.', false
    FROM withheld
    WHERE problem IN ('unknown_unit', 'wrong_dimension') AND unit_place IS NOT NULL
)
SELECT * FROM values_withheld
UNION ALL SELECT * FROM unit_cells;
