-- Which rows of findings are one finding, and what is noticed in them.
-- Reads: harmonised_finding, made_copy, made_assessment. Writes: finding_row, finding_issue.
CREATE OR REPLACE TABLE finding_row AS
WITH deliveries AS (
    SELECT
        content_file_id, assessment_no, assessment_id, min(delivery_rank) AS delivery_rank,
        arg_min(copy_id, delivery_rank) AS copy_id
    FROM made_copy
    WHERE published
    GROUP BY content_file_id, assessment_no, assessment_id
),
stated AS (
    SELECT
        f.*,
        d.assessment_id,
        d.delivery_rank,
        d.copy_id,
        lower(f.native_id) AS number,
        lower(coalesce(f.clause, '')) || '|'
            || regexp_replace(lower(nfc_normalize(coalesce(f.description, ''))), '[^\p{L}\p{M}\p{N}]+', '', 'g') AS matter
    FROM harmonised_finding f
    JOIN deliveries d ON d.content_file_id = f.file_id AND d.assessment_no = f.assessment_no
    JOIN made_assessment a USING (assessment_id)
    WHERE a.published AND f.role IS NULL
),
-- A number that one delivery prints for two matters names neither.
unclear_number AS (
    SELECT DISTINCT assessment_id, number
    FROM stated
    WHERE number IS NOT NULL
    GROUP BY assessment_id, number, copy_id
    HAVING count(DISTINCT matter) > 1
),
named AS (
    SELECT
        s.*,
        u.number IS NOT NULL AS has_unclear_number,
        -- A printed number identifies a finding; without one its clause and text do, so an amended export updates it.
        CASE
            WHEN u.number IS NOT NULL THEN 'number|' || s.number || '|' || s.matter
            WHEN s.number IS NOT NULL THEN 'number|' || s.number
            ELSE 'text|' || s.matter
        END AS name
    FROM stated s
    LEFT JOIN unclear_number u USING (assessment_id, number)
),
counted AS (
    -- Rows of one delivery that say different things of one matter are findings of their own.
    SELECT
        *,
        row_number() OVER (PARTITION BY assessment_id, copy_id, name ORDER BY length(locator), locator) AS occurrence
    FROM named
)
SELECT
    * EXCLUDE (name, number, matter),
    name || CASE WHEN occurrence > 1 THEN '|' || occurrence ELSE '' END AS identity
FROM counted;

CREATE OR REPLACE TABLE finding_issue AS
SELECT
    file_id,
    locator,
    'finding_number_twice' AS code,
    'warning' AS severity,
    native_id AS value,
    'The number ''' || native_id || ''' stands for several findings of this assessment; all of them are kept.' AS message,
    'Number the findings in the export.' AS hint,
    false AS withheld
FROM finding_row
WHERE has_unclear_number
UNION ALL
SELECT
    file_id, locator, 'finding_twice', 'info', coalesce(native_id, clause),
    'A row above names the same matter and says something else of it; both are kept as findings.',
    'Remove the row that does not hold.', false
FROM finding_row
WHERE occurrence > 1;
