-- What was asked several times in one calendar year, and how many questions each year asked; made anew for the factories of
-- which anything is not as it was.
-- Reads: asked_matter, round_matter, matter_day, matter, touched_facility, stale_facility.
-- Writes: release.overlap, release.compact.asked_year.
INSERT INTO release.overlap BY NAME
WITH repeated AS (
    SELECT facility_id, matter_no, year(day) AS year, count(*) AS times_asked
    FROM round_matter
    WHERE day IS NOT NULL
    GROUP BY facility_id, matter_no, year(day)
    HAVING count(*) > 1
)
SELECT
    r.facility_id,
    m.indicator_id,
    make_date(r.year, 1, 1) AS window_start,
    r.times_asked,
    list_sort(list(a.assessment_id)) AS assessments
FROM repeated r
JOIN asked_matter a ON a.facility_id = r.facility_id AND a.matter_no = r.matter_no AND year(a.day) = r.year
JOIN matter m ON m.matter_no = r.matter_no
GROUP BY r.facility_id, m.indicator_id, r.year, r.times_asked
ORDER BY r.facility_id, m.indicator_id, window_start;

DELETE FROM release.compact.asked_year WHERE facility_no IN (SELECT facility_no FROM stale_facility);
INSERT INTO release.compact.asked_year
WITH asked AS (
    SELECT
        facility_id, year(day) AS year, count(*) AS asked, count(DISTINCT matter_no) AS asked_distinct,
        count(*) FILTER (is_judged) AS judged
    FROM round_matter
    GROUP BY facility_id, year(day)
),
before AS (
    SELECT
        facility_id, year(day) AS year,
        coalesce(sum(asked) FILTER (was_answered), 0) AS directly,
        coalesce(sum(asked) FILTER (was_implied AND NOT was_answered), 0) AS by_implication
    FROM matter_day
    GROUP BY facility_id, year(day)
)
SELECT
    t.facility_no, a.year, a.asked, a.asked_distinct, a.judged,
    -- Of what has no day nobody knows what came before it.
    CASE WHEN a.year IS NOT NULL THEN coalesce(b.directly, 0) END,
    CASE WHEN a.year IS NOT NULL THEN coalesce(b.by_implication, 0) END
FROM asked a
JOIN touched_facility t USING (facility_id)
LEFT JOIN before b ON b.facility_id = a.facility_id AND b.year = a.year
ORDER BY t.facility_no, a.year;
