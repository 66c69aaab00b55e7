-- What was asked several times in one calendar year, and how many questions each year asked; made anew for the factories of
-- which anything is not as it was.
-- Reads: asked_round, asking, asked_matter, round_matter, matter_day, matter, touched_facility, stale_facility.
-- Writes: release.overlap, release.compact.asked_year.
CREATE OR REPLACE TABLE factory AS
SELECT DISTINCT r.factory_no, t.facility_id, t.facility_no
FROM asked_round r
JOIN touched_facility t USING (facility_id);

CREATE OR REPLACE TABLE repeated_matter AS
SELECT factory_no, matter_no, year(day) AS year, count(*) AS times_asked
FROM round_matter
WHERE day IS NOT NULL
GROUP BY factory_no, matter_no, year(day)
HAVING count(*) > 1;

INSERT INTO release.overlap BY NAME
SELECT
    f.facility_id,
    m.indicator_id,
    make_date(r.year::INTEGER, 1, 1) AS window_start,
    r.times_asked,
    r.assessments
FROM (
    SELECT
        r.factory_no, r.matter_no, r.year, any_value(r.times_asked) AS times_asked,
        list_sort(list(k.assessment_id)) AS assessments
    FROM asked_matter a
    JOIN asking k USING (assessment_no)
    JOIN repeated_matter r ON r.factory_no = k.factory_no AND r.matter_no = a.matter_no AND r.year = year(k.day)
    GROUP BY r.factory_no, r.matter_no, r.year
) r
JOIN matter m USING (matter_no)
JOIN factory f USING (factory_no)
ORDER BY f.facility_id, m.indicator_id, window_start;

DELETE FROM release.compact.asked_year WHERE facility_no IN (SELECT facility_no FROM stale_facility);
INSERT INTO release.compact.asked_year
WITH asked AS (
    SELECT
        factory_no, year, sum(times)::BIGINT AS asked, count(*) AS asked_distinct, sum(judged)::BIGINT AS judged
    FROM (
        SELECT factory_no, year(day) AS year, matter_no, count(*) AS times, count(*) FILTER (is_judged) AS judged
        FROM round_matter
        GROUP BY factory_no, year(day), matter_no
    )
    GROUP BY factory_no, year
),
before AS (
    SELECT
        factory_no, year(day) AS year, count(*) FILTER (was_answered) AS directly,
        count(*) FILTER (was_implied AND NOT was_answered) AS by_implication
    FROM matter_day
    GROUP BY factory_no, year(day)
)
SELECT
    f.facility_no, a.year, a.asked, a.asked_distinct, a.judged,
    -- Of what has no day nobody knows what came before it.
    CASE WHEN a.year IS NOT NULL THEN coalesce(b.directly, 0) END,
    CASE WHEN a.year IS NOT NULL THEN coalesce(b.by_implication, 0) END
FROM asked a
JOIN factory f USING (factory_no)
LEFT JOIN before b ON b.factory_no = a.factory_no AND b.year = a.year
ORDER BY f.facility_no, a.year;
