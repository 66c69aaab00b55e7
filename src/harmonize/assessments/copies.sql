-- Group deliveries of one assessment, and put the deliveries of each into the order in which they win.
-- Evidence is the native id where one is printed; else instrument, factory, day and type. An undated assessment
-- without a native id is never merged.
-- Reads: delivery. Writes: delivery_group.
CREATE OR REPLACE TABLE delivery_group AS
WITH keyed AS (
    SELECT
        d.*,
        CASE WHEN native_id IS NOT NULL THEN 'native|' || d.instrument || '|' || native_id END AS native_key,
        CASE
            WHEN assessed_on IS NOT NULL
                THEN 'visit|' || d.instrument || '|' || facility_id || '|' || assessed_on || '|' || kind || '|'
                    || lower(coalesce(assessment_type, ''))
        END AS visit_key,
        regexp_replace(lower(cycle), '\D+', '', 'g') AS cycle_no,
        CASE WHEN kind = 'transparency' THEN cycle_no END AS published_cycle
    FROM delivery d
),
-- Where one native id stands for several factories, the records are not one assessment: nothing crosses over.
shared_native AS (
    SELECT native_key FROM keyed WHERE native_key IS NOT NULL GROUP BY native_key HAVING count(DISTINCT facility_id) > 1
),
-- A delivery without native id joins the one native assessment of its visit, if there is exactly one.
visit_native AS (
    SELECT visit_key, min(native_key) AS native_key
    FROM keyed
    WHERE visit_key IS NOT NULL AND native_key IS NOT NULL
    GROUP BY visit_key
    HAVING count(DISTINCT native_key) = 1 AND min(native_key) NOT IN (SELECT native_key FROM shared_native)
),
-- What is published of a cycle is a copy of its assessment, if there is exactly one of that factory, cycle and day.
cycle_native AS (
    SELECT instrument, facility_id, assessed_on, cycle_no, min(native_key) AS native_key
    FROM keyed
    WHERE native_key IS NOT NULL AND native_key NOT IN (SELECT native_key FROM shared_native)
    GROUP BY instrument, facility_id, assessed_on, cycle_no
    HAVING count(DISTINCT native_key) = 1
),
grouped AS (
    SELECT
        k.* EXCLUDE (native_key, visit_key, cycle_no, published_cycle),
        coalesce(k.native_key || CASE WHEN n.native_key IS NOT NULL THEN '|' || k.facility_id ELSE '' END, v.native_key, y.native_key, k.visit_key, 'alone|' || k.content_id || '|' || k.locator) AS group_key,
        n.native_key IS NOT NULL AS shares_native_id,
        CASE
            WHEN k.native_key IS NOT NULL THEN 'native id'
            WHEN y.native_key IS NOT NULL THEN 'factory, cycle and day'
            WHEN v.native_key IS NOT NULL OR k.visit_key IS NOT NULL THEN 'instrument, factory, day and type'
            ELSE 'alone'
        END AS evidence
    FROM keyed k
    LEFT JOIN visit_native v USING (visit_key)
    LEFT JOIN cycle_native y
        ON y.instrument = k.instrument AND y.facility_id = k.facility_id AND y.assessed_on = k.assessed_on
        AND y.cycle_no = k.published_cycle
    LEFT JOIN shared_native n ON n.native_key = k.native_key
)
SELECT
    *,
    row_number() OVER (
        PARTITION BY group_key
        ORDER BY
            status_rank DESC,
            try_cast(updated_at AS TIMESTAMP) DESC NULLS LAST,
            received_at DESC NULLS LAST,
            contributor,
            path,
            locator
    ) AS delivery_rank,
    row_number() OVER (
        PARTITION BY group_key ORDER BY kind = 'transparency', received_at NULLS FIRST, contributor, path, locator
    ) AS delivery_order
FROM grouped;
