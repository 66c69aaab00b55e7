-- What a person reads of rounds of questions: who asked, what again, and what stood in scope without being listed.
-- Reads: asked_round, asking, asked_matter, round_matter, matter, overlap_window, release.
-- Writes: answering_instrument, visit_row, indicator_row, scope_row.
CREATE OR REPLACE TABLE answering_instrument AS
SELECT DISTINCT instrument FROM release.compact.stored_assessment WHERE answers > 0;

CREATE OR REPLACE TABLE visit_row AS
WITH delivered AS (
    SELECT assessment_id, list(DISTINCT contributor) AS contributors FROM release.assessment_copy GROUP BY assessment_id
),
told AS (
    SELECT
        r.facility_id, r.round_id, any_value(r.round_no) AS round_no, any_value(r.round_day) AS day,
        list_sort(list(DISTINCT r.kind::VARCHAR)) AS kinds,
        list_sort(list(DISTINCT coalesce(i.title, r.instrument))) AS titles,
        list_sort(list(DISTINCT r.instrument)) AS instruments,
        bool_and(r.assessment_id IN (SELECT assessment_id FROM release.compact.follow_up)) AS is_follow_up,
        bool_and(r.instrument NOT IN (SELECT instrument FROM answering_instrument)) AS lists_findings_alone,
        list_sort(list_distinct(flatten(list(d.contributors)))) AS contributors
    FROM asked_round r
    JOIN delivered d USING (assessment_id)
    LEFT JOIN release.instrument i USING (instrument)
    GROUP BY r.facility_id, r.round_id
),
asked AS (
    SELECT round_no, count(*) AS asked, count(*) FILTER (is_judged) AS judged FROM round_matter GROUP BY round_no
)
SELECT
    t.facility_id, f.name AS facility, t.round_id, t.day, t.kinds, t.titles, t.instruments, t.contributors, t.is_follow_up,
    t.lists_findings_alone,
    coalesce(a.asked, 0) AS asked, coalesce(a.judged, 0) AS judged,
    t.day BETWEEN (SELECT first_day FROM overlap_window) AND (SELECT last_day FROM overlap_window) AS in_window
FROM told t
JOIN release.facility f USING (facility_id)
LEFT JOIN asked a USING (round_no);

-- Which indicators were asked how often in the window, of how many factories, by whom.
CREATE OR REPLACE TABLE indicator_row AS
WITH asked AS (
    SELECT factory_no, matter_no, count(*) AS times, min(day) AS first_day, max(day) AS last_day
    FROM round_matter
    WHERE day BETWEEN (SELECT first_day FROM overlap_window) AND (SELECT last_day FROM overlap_window)
    GROUP BY factory_no, matter_no
),
by_factory AS (
    SELECT matter_no, sum(times)::BIGINT AS times_asked, count(*) AS facilities, count(*) FILTER (times > 1) AS facilities_again,
        sum(times - 1)::BIGINT AS asked_again, min(first_day) AS first_day, max(last_day) AS last_day
    FROM asked
    GROUP BY matter_no
),
by_whom AS (
    SELECT
        matter_no, list_sort(list(DISTINCT instrument)) AS instruments,
        list_sort(list_distinct(flatten(list(DISTINCT contributors)))) AS contributors
    FROM (
        -- (Of many answers the few who gave them: each group of them once.)
        SELECT DISTINCT a.matter_no, k.instrument, d.contributors
        FROM asked_matter a
        JOIN asking k USING (assessment_no)
        JOIN (
            SELECT assessment_id, list_sort(list(DISTINCT contributor)) AS contributors
            FROM release.assessment_copy
            GROUP BY assessment_id
        ) d USING (assessment_id)
        WHERE k.day BETWEEN (SELECT first_day FROM overlap_window) AND (SELECT last_day FROM overlap_window)
    )
    GROUP BY matter_no
)
SELECT
    i.indicator_id, i.topic_id, i.labels, i.kind::VARCHAR AS kind, b.times_asked, b.asked_again, b.facilities,
    b.facilities_again, w.instruments, w.contributors, b.first_day, b.last_day
FROM by_factory b
JOIN by_whom w USING (matter_no)
JOIN matter m USING (matter_no)
JOIN release.indicator i ON i.indicator_id = m.indicator_id;

-- Topics in the scope of an export that lists findings alone, of which it lists nothing: weak evidence, in no count above.
-- (What is dated after the day of judgement has not happened, and a rating that restates another instrument looked at nothing.)
CREATE OR REPLACE TABLE scope_row AS
WITH listing AS (
    SELECT r.facility_id, r.round_id, r.round_day AS day, r.assessment_id, r.instrument
    FROM asked_round r
    WHERE r.round_day BETWEEN (SELECT first_day FROM overlap_window) AND (SELECT last_day FROM overlap_window)
        AND r.instrument NOT IN (SELECT instrument FROM answering_instrument)
        AND r.round_day <= (SELECT max(as_of) FROM release.release)
        AND r.assessment_id NOT IN (SELECT assessment_id FROM release.compact.follow_up)
        AND r.assessment_id NOT IN (
            SELECT assessment_id FROM release.assessment_relation WHERE kind = 'rating_derived_from'
        )
)
SELECT
    l.facility_id, l.round_id, l.day, l.instrument, l.assessment_id, t.topic_id, t.labels, t.pillar
FROM listing l
JOIN release.assessment_scope s ON s.assessment_id = l.assessment_id AND s.scope = 'in'
JOIN release.topic t ON t.pillar = s.topic_id AND t.parent_id IS NOT NULL
ANTI JOIN release.finding n ON n.assessment_id = l.assessment_id AND n.topic_id = t.topic_id
WHERE NOT contains(t.topic_id, '.information');
