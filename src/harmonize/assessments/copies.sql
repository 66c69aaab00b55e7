-- Which deliveries are one report by numbers and days alone; what their answers show follows.
-- Evidence is the native id where one is printed; else instrument, factory, day and type.
-- Reads: delivery, copy_rule, follow_up_word, announcement_word. Writes: known_delivery.
CREATE OR REPLACE TABLE known_delivery AS
WITH read AS (
    SELECT
        d.*, w.said AS announced,
        CASE WHEN native_id IS NOT NULL THEN 'native|' || d.instrument || '|' || native_id END AS native_key,
        CASE
            WHEN assessed_on IS NOT NULL
                THEN 'visit|' || d.instrument || '|' || facility_id || '|' || assessed_on || '|' || kind || '|'
                    || lower(coalesce(assessment_type, ''))
        END AS day_key,
        -- The number without what spelling and spreadsheets change: signs, capitals, zeros before a number.
        nullif(regexp_replace(
            regexp_replace(lower(native_id), '(^|[^0-9])0+([0-9])', '\1\2', 'g'), '[^\p{L}\p{N}]+', '', 'g'
        ), '') AS number,
        regexp_replace(lower(cycle), '\D+', '', 'g') AS cycle_no,
        CASE WHEN kind = 'transparency' THEN cycle_no END AS published_cycle,
        -- Whether it follows another one up; null where an audit does not say.
        CASE
            WHEN kind NOT IN ('audit', 'inspection') THEN false
            ELSE regexp_matches(lower(assessment_type), (SELECT string_agg(word, '|') FROM follow_up_word))
        END AS follows_up
    FROM delivery d
    LEFT JOIN announcement_word w ON w.word = trim(regexp_replace(lower(d.announcement), '[^a-z]+', ' ', 'g'))
),
-- Announced and unannounced on one day are two visits, and nothing tells to which of them a delivery belongs that states neither.
-- (Only there the announcement is in the key, so that what is delivered elsewhere keeps its id.)
announced_twice AS (
    SELECT day_key FROM read WHERE announced IS NOT NULL GROUP BY day_key HAVING count(DISTINCT announced) > 1
),
keyed AS (
    SELECT
        r.* EXCLUDE (day_key), CASE WHEN t.day_key IS NOT NULL THEN r.announced END AS apart_by,
        r.day_key || coalesce('|' || apart_by, '') AS visit_key
    FROM read r
    LEFT JOIN announced_twice t USING (day_key)
),
-- A number that stands on days far apart, or for a full audit and its follow-up, is used again: each day is a visit.
dated AS (
    SELECT
        native_key, facility_id, assessed_on, coalesce(bool_or(follows_up), false) AS follows_up,
        date_diff('day', lag(assessed_on) OVER numbered, assessed_on) AS gap,
        coalesce(bool_or(follows_up), false) <> lag(coalesce(bool_or(follows_up), false)) OVER numbered AS turns
    FROM keyed
    WHERE native_key IS NOT NULL AND status IS NULL AND assessed_on IS NOT NULL
    GROUP BY native_key, facility_id, assessed_on
    WINDOW numbered AS (PARTITION BY native_key, facility_id ORDER BY assessed_on)
),
used_again AS (
    SELECT *, count(*) FILTER (gap > reused_days OR turns) OVER (
            PARTITION BY native_key, facility_id ORDER BY assessed_on
        ) AS use
    FROM dated
    CROSS JOIN copy_rule
    QUALIFY bool_or(gap > reused_days OR turns) OVER (PARTITION BY native_key, facility_id)
),
use_begun AS (
    SELECT *, min(assessed_on) OVER (PARTITION BY native_key, facility_id, use) AS begun_on FROM used_again
),
numbered AS (
    SELECT
        k.* EXCLUDE (native_key),
        k.native_key || coalesce(' on ' || u.begun_on, CASE WHEN r.native_key IS NOT NULL THEN ' undated' END, '') AS native_key
    FROM keyed k
    LEFT JOIN use_begun u
        ON u.native_key = k.native_key AND u.facility_id = k.facility_id AND u.assessed_on = k.assessed_on
    LEFT JOIN (SELECT DISTINCT native_key, facility_id FROM use_begun) r
        ON r.native_key = k.native_key AND r.facility_id = k.facility_id
),
-- Where one native id stands for several factories, the records are not one assessment: nothing crosses over.
shared_native AS (
    SELECT native_key FROM numbered WHERE native_key IS NOT NULL GROUP BY native_key HAVING count(DISTINCT facility_id) > 1
),
-- A delivery without native id joins the one native assessment of its visit, if there is exactly one.
visit_native AS (
    SELECT visit_key, min(native_key) AS native_key
    FROM numbered
    WHERE visit_key IS NOT NULL AND native_key IS NOT NULL
    GROUP BY visit_key
    HAVING count(DISTINCT number) = 1 AND min(native_key) NOT IN (SELECT native_key FROM shared_native)
),
-- What is published of a cycle is a copy of its assessment, if there is exactly one of that factory, cycle and day.
cycle_native AS (
    SELECT instrument, facility_id, assessed_on, cycle_no, min(native_key) AS native_key
    FROM numbered
    WHERE native_key IS NOT NULL AND native_key NOT IN (SELECT native_key FROM shared_native)
    GROUP BY instrument, facility_id, assessed_on, cycle_no
    HAVING count(DISTINCT number) = 1
)
SELECT
    k.* EXCLUDE (native_key, visit_key, cycle_no, published_cycle, apart_by),
    coalesce(
        k.native_key || CASE WHEN n.native_key IS NOT NULL THEN '|' || k.facility_id ELSE '' END,
        v.native_key, y.native_key, k.visit_key, 'alone|' || k.content_id || '|' || k.locator
    ) AS known_key,
    n.native_key IS NOT NULL AS shares_native_id,
    CASE
        WHEN k.native_key IS NOT NULL THEN 'native_id'
        WHEN y.native_key IS NOT NULL THEN 'factory_cycle_day'
        WHEN v.native_key IS NOT NULL OR k.visit_key IS NOT NULL THEN 'factory_day_type'
        ELSE 'alone'
    END AS evidence,
    -- What a decision finds it by, whoever delivers it again and in whatever file.
    CASE
        WHEN k.native_id IS NOT NULL THEN k.instrument || '|number|' || k.native_id
        WHEN k.assessed_on IS NOT NULL
            THEN k.instrument || '|' || k.decision_key || '|' || k.assessed_on || '|' || k.kind || '|'
                || lower(coalesce(k.assessment_type, '')) || coalesce('|' || k.apart_by, '')
    END AS shared_key,
    nullif(regexp_replace(lower(k.assessor), '[^\p{L}\p{N}]+', '', 'g'), '') AS assessor_key
FROM numbered k
LEFT JOIN visit_native v USING (visit_key)
LEFT JOIN cycle_native y
    ON y.instrument = k.instrument AND y.facility_id = k.facility_id AND y.assessed_on = k.assessed_on
    AND y.cycle_no = k.published_cycle
LEFT JOIN shared_native n ON n.native_key = k.native_key;
