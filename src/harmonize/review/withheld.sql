-- What was withheld, alike things together, and the files that could not be read.
-- Reads: a steward's release, review_reach. Writes: review_withheld.
CREATE OR REPLACE TEMP TABLE review_withheld AS
WITH withheld AS (
    SELECT
        q.issue_id, q.file_id, q.code, coalesce(q.value, '') AS value, q.message, q.hint, q.locator,
        -- A cell of a sheet is told as its row.
        regexp_replace(q.locator, 'cell=[A-Z]+([0-9]+)', 'row=\1') AS place
    FROM quarantine q
),
alone AS (
    SELECT file_id FROM assessment_copy GROUP BY file_id HAVING count(*) = 1
),
-- The assessment at whose row or below whose record something was withheld, or the only one of the file.
placed AS (
    SELECT DISTINCT w.issue_id, c.assessment_id
    FROM withheld w
    JOIN assessment_copy c USING (file_id)
    LEFT JOIN alone o USING (file_id)
    WHERE o.file_id IS NOT NULL OR w.place = c.locator
        OR starts_with(w.place, c.locator || ';') OR starts_with(w.place, c.locator || '.') OR starts_with(w.place, c.locator || '[')
)
SELECT
    f.contributor, coalesce(f.instrument, '') AS instrument, w.code, w.value, count(DISTINCT w.issue_id) AS cells,
    list(DISTINCT f.path || ' ' || w.locator ORDER BY f.path || ' ' || w.locator)[:3] AS places, any_value(w.message) AS message,
    any_value(w.hint) AS hint, count(DISTINCT p.assessment_id) AS assessments,
    coalesce(len(list_distinct(flatten(list(r.audiences)))), 0) AS audiences
FROM withheld w
JOIN file f USING (file_id)
LEFT JOIN placed p USING (issue_id)
LEFT JOIN review_reach r USING (assessment_id)
GROUP BY f.contributor, f.instrument, w.code, w.value
