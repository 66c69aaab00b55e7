-- Of every round of questions, what each earlier round of the factory had answered; and the same between instruments.
-- Reads: asked_matter, round_matter, wider_matter, burden_rule, overlap_window. Writes: told_matter, wanted_round, round_pair,
--        instrument_pair.

-- What an instrument told in a round: of its own indicators, and by implication of wider and narrower ones that somebody asks.
CREATE OR REPLACE TABLE told_matter AS
WITH said AS (
    SELECT facility_id, round_id, instrument, day, matter_no, true AS is_asked,
        CASE WHEN answers THEN evidence_day END AS answered_to, NULL::DATE AS implied_to
    FROM asked_matter
    WHERE day IS NOT NULL
    UNION ALL
    SELECT a.facility_id, a.round_id, a.instrument, a.day, w.matter_no, false, NULL, a.evidence_day
    FROM asked_matter a
    JOIN wider_matter w ON w.wider_no = a.matter_no
    WHERE a.is_met AND a.day IS NOT NULL
    UNION ALL
    SELECT a.facility_id, a.round_id, a.instrument, a.day, w.wider_no, false, NULL, a.evidence_day
    FROM asked_matter a
    JOIN wider_matter w ON w.matter_no = a.matter_no
    WHERE a.is_not_met AND a.day IS NOT NULL
)
SELECT
    facility_id, round_id, instrument, day, matter_no, bool_or(is_asked) AS is_asked, max(answered_to) AS answered_to,
    max(implied_to) AS implied_to
FROM said
SEMI JOIN round_matter USING (facility_id, matter_no)
GROUP BY facility_id, round_id, instrument, day, matter_no;

CREATE OR REPLACE TABLE wanted_round AS
SELECT
    facility_id, round_id, day, (day - to_months((SELECT months FROM burden_rule)))::DATE AS since,
    count(*) AS asked, count(*) FILTER (is_judged) AS judged
FROM round_matter
WHERE day IS NOT NULL
GROUP BY facility_id, round_id, day;

-- Every ordered pair of rounds, the later one in the window, the earlier one within the months before it.
CREATE OR REPLACE TABLE round_pair AS
WITH reached AS (
    SELECT facility_id, round_id, day, greatest(day, max(answered_to), max(implied_to)) AS told_to
    FROM told_matter
    GROUP BY facility_id, round_id, day
),
pair AS (
    SELECT b.facility_id, a.round_id AS earlier, a.day AS earlier_day, b.round_id AS later, b.day AS later_day, b.since,
        b.asked, b.judged
    FROM wanted_round b
    JOIN reached a ON a.facility_id = b.facility_id AND a.day < b.day AND a.told_to >= b.since
    WHERE b.day BETWEEN (SELECT first_day FROM overlap_window) AND (SELECT last_day FROM overlap_window)
),
told AS (
    SELECT facility_id, round_id, matter_no, bool_or(is_asked) AS is_asked, max(answered_to) AS answered_to,
        max(implied_to) AS implied_to
    FROM told_matter
    GROUP BY facility_id, round_id, matter_no
),
met AS (
    SELECT
        p.facility_id, p.earlier, p.later,
        count(*) FILTER (t.is_asked) AS asked_by_both,
        count(*) FILTER (m.is_judged AND t.answered_to >= p.since) AS directly,
        count(*) FILTER (m.is_judged AND t.implied_to >= p.since AND coalesce(t.answered_to < p.since, true))
            AS by_implication
    FROM pair p
    JOIN round_matter m ON m.facility_id = p.facility_id AND m.round_id = p.later
    JOIN told t ON t.facility_id = p.facility_id AND t.round_id = p.earlier AND t.matter_no = m.matter_no
    GROUP BY p.facility_id, p.earlier, p.later
)
SELECT
    p.* EXCLUDE (since), coalesce(m.asked_by_both, 0) AS asked_by_both, coalesce(m.directly, 0) AS directly,
    coalesce(m.by_implication, 0) AS by_implication,
    (coalesce(m.directly, 0) + coalesce(m.by_implication, 0)) / nullif(p.judged, 0) AS share
FROM pair p
LEFT JOIN met m USING (facility_id, earlier, later);

-- Between instruments: of what the later one asked in a round, what any earlier round of the other one had answered.
CREATE OR REPLACE TABLE instrument_pair AS
WITH wanted AS (
    SELECT a.facility_id, a.round_id, a.instrument, a.day, w.since, a.matter_no, any_value(a.is_judged) AS is_judged
    FROM asked_matter a
    JOIN wanted_round w USING (facility_id, round_id)
    WHERE a.day BETWEEN (SELECT first_day FROM overlap_window) AND (SELECT last_day FROM overlap_window)
    GROUP BY ALL
),
told_by AS (
    SELECT facility_id, instrument, day, greatest(day, max(answered_to), max(implied_to)) AS told_to
    FROM told_matter
    GROUP BY facility_id, instrument, day
),
judged AS (
    SELECT facility_id, round_id, instrument, day, since, count(*) FILTER (is_judged) AS judged FROM wanted GROUP BY ALL
),
followed AS (
    SELECT DISTINCT j.facility_id, j.round_id, j.instrument AS later, a.instrument AS earlier, j.judged
    FROM judged j
    JOIN told_by a ON a.facility_id = j.facility_id AND a.day < j.day AND a.told_to >= j.since
),
matched AS (
    SELECT
        w.facility_id, w.round_id, w.instrument AS later, t.instrument AS earlier, w.matter_no,
        coalesce(bool_or(t.answered_to >= w.since), false) AS is_direct,
        coalesce(bool_or(t.implied_to >= w.since), false) AS is_implied
    FROM wanted w
    JOIN told_matter t ON t.facility_id = w.facility_id AND t.matter_no = w.matter_no AND t.day < w.day
    WHERE w.is_judged AND (t.answered_to >= w.since OR t.implied_to >= w.since)
    GROUP BY ALL
),
counted AS (
    SELECT earlier, later, count(*) FILTER (is_direct) AS directly, count(*) FILTER (is_implied AND NOT is_direct) AS by_implication
    FROM matched
    GROUP BY earlier, later
)
SELECT
    f.earlier, f.later, count(DISTINCT f.facility_id) AS facilities, count(*) AS visits, sum(f.judged)::BIGINT AS judged,
    coalesce(any_value(c.directly), 0) AS directly, coalesce(any_value(c.by_implication), 0) AS by_implication,
    (coalesce(any_value(c.directly), 0) + coalesce(any_value(c.by_implication), 0)) / nullif(sum(f.judged), 0) AS share
FROM followed f
LEFT JOIN counted c ON c.earlier = f.earlier AND c.later = f.later
GROUP BY f.earlier, f.later;
