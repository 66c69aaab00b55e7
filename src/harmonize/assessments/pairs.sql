-- Of every round of questions, what each earlier round of the factory had answered; and the same between instruments.
-- Reads: asked_round, asking, asked_matter, round_matter, wider_matter, burden_rule, overlap_window.
-- Writes: told_matter, wanted_round, round_pair, instrument_pair.

-- What an instrument told in a round: of its own indicators, and by implication of wider and narrower ones that somebody asks.
CREATE OR REPLACE TABLE told_matter AS
WITH asked AS (
    SELECT k.factory_no, k.round_no, k.instrument_no, k.day, k.evidence_day, a.matter_no, a.said
    FROM asked_matter a
    JOIN asking k USING (assessment_no)
    WHERE k.day IS NOT NULL
),
asked_place AS (
    SELECT DISTINCT factory_no, matter_no FROM asked
),
implied AS (
    SELECT a.factory_no, a.round_no, a.instrument_no, a.day, w.matter_no, a.evidence_day
    FROM asked a
    JOIN wider_matter w ON w.wider_no = a.matter_no
    WHERE a.said & 4 > 0
    UNION ALL
    SELECT a.factory_no, a.round_no, a.instrument_no, a.day, w.wider_no, a.evidence_day
    FROM asked a
    JOIN wider_matter w ON w.matter_no = a.matter_no
    WHERE a.said & 8 > 0
),
said AS (
    SELECT factory_no, round_no, instrument_no, day, matter_no, true AS is_asked,
        CASE WHEN said & 2 > 0 THEN evidence_day END AS answered_to, NULL::DATE AS implied_to
    FROM asked
    UNION ALL
    SELECT factory_no, round_no, instrument_no, day, matter_no, false, NULL, evidence_day
    FROM implied
    SEMI JOIN asked_place USING (factory_no, matter_no)
)
SELECT
    any_value(factory_no) AS factory_no, round_no, instrument_no, any_value(day) AS day, matter_no,
    bool_or(is_asked) AS is_asked, max(answered_to) AS answered_to, max(implied_to) AS implied_to
FROM said
GROUP BY round_no, instrument_no, matter_no;

CREATE OR REPLACE TABLE wanted_round AS
SELECT
    any_value(factory_no) AS factory_no, round_no, any_value(day) AS day,
    (any_value(day) - to_months((SELECT months FROM burden_rule)))::DATE AS since, count(*) AS asked,
    count(*) FILTER (is_judged) AS judged
FROM round_matter
WHERE day IS NOT NULL
GROUP BY round_no;

-- Every ordered pair of rounds, the later one in the window, the earlier one within the months before it.
CREATE OR REPLACE TABLE round_pair AS
WITH reached AS (
    SELECT any_value(factory_no) AS factory_no, round_no, any_value(day) AS day,
        greatest(any_value(day), max(answered_to), max(implied_to)) AS told_to
    FROM told_matter
    GROUP BY round_no
),
pair AS (
    SELECT b.factory_no, a.round_no AS earlier_no, a.day AS earlier_day, b.round_no AS later_no, b.day AS later_day,
        b.since, b.asked, b.judged
    FROM wanted_round b
    JOIN reached a ON a.factory_no = b.factory_no AND a.day < b.day AND a.told_to >= b.since
    WHERE b.day BETWEEN (SELECT first_day FROM overlap_window) AND (SELECT last_day FROM overlap_window)
),
told AS (
    SELECT round_no, matter_no, bool_or(is_asked) AS is_asked, max(answered_to) AS answered_to,
        max(implied_to) AS implied_to
    FROM told_matter
    GROUP BY round_no, matter_no
),
met AS (
    SELECT
        p.earlier_no, p.later_no,
        count(*) FILTER (t.is_asked) AS asked_by_both,
        count(*) FILTER (m.is_judged AND t.answered_to >= p.since) AS directly,
        count(*) FILTER (m.is_judged AND t.implied_to >= p.since AND coalesce(t.answered_to < p.since, true))
            AS by_implication
    FROM pair p
    JOIN round_matter m ON m.round_no = p.later_no
    JOIN told t ON t.round_no = p.earlier_no AND t.matter_no = m.matter_no
    GROUP BY p.earlier_no, p.later_no
),
named AS (
    SELECT DISTINCT round_no, facility_id, round_id FROM asked_round
)
SELECT
    b.facility_id, a.round_id AS earlier, b.round_id AS later, p.earlier_day, p.later_day, p.asked, p.judged,
    coalesce(m.asked_by_both, 0) AS asked_by_both, coalesce(m.directly, 0) AS directly,
    coalesce(m.by_implication, 0) AS by_implication,
    (coalesce(m.directly, 0) + coalesce(m.by_implication, 0)) / nullif(p.judged, 0) AS share
FROM pair p
LEFT JOIN met m USING (earlier_no, later_no)
JOIN named a ON a.round_no = p.earlier_no
JOIN named b ON b.round_no = p.later_no;

-- Between instruments: of what the later one asked in a round, what any earlier round of the other one had answered.
CREATE OR REPLACE TABLE instrument_pair AS
WITH wanted AS (
    SELECT t.factory_no, t.round_no, t.instrument_no, t.day, w.since, t.matter_no
    FROM told_matter t
    JOIN wanted_round w USING (round_no)
    JOIN round_matter m ON m.round_no = t.round_no AND m.matter_no = t.matter_no AND m.is_judged
    WHERE t.is_asked
        AND t.day BETWEEN (SELECT first_day FROM overlap_window) AND (SELECT last_day FROM overlap_window)
),
told_by AS (
    SELECT any_value(factory_no) AS factory_no, round_no, instrument_no, any_value(day) AS day,
        greatest(any_value(day), max(answered_to), max(implied_to)) AS told_to
    FROM told_matter
    GROUP BY round_no, instrument_no
),
judged AS (
    SELECT any_value(factory_no) AS factory_no, round_no, instrument_no, any_value(day) AS day, any_value(since) AS since,
        count(*) AS judged
    FROM wanted
    GROUP BY round_no, instrument_no
),
followed AS (
    SELECT DISTINCT j.factory_no, j.round_no, j.instrument_no AS later_no, a.instrument_no AS earlier_no, j.judged
    FROM judged j
    JOIN told_by a ON a.factory_no = j.factory_no AND a.day < j.day AND a.told_to >= j.since
),
matched AS (
    SELECT
        w.round_no, w.instrument_no AS later_no, t.instrument_no AS earlier_no, w.matter_no,
        coalesce(bool_or(t.answered_to >= w.since), false) AS is_direct
    FROM wanted w
    JOIN told_matter t ON t.factory_no = w.factory_no AND t.matter_no = w.matter_no AND t.day < w.day
    WHERE t.answered_to >= w.since OR t.implied_to >= w.since
    GROUP BY ALL
),
counted AS (
    SELECT earlier_no, later_no, count(*) FILTER (is_direct) AS directly, count(*) FILTER (NOT is_direct) AS by_implication
    FROM matched
    GROUP BY earlier_no, later_no
),
summed AS (
    SELECT earlier_no, later_no, count(*) AS facilities, sum(visits)::BIGINT AS visits, sum(judged)::BIGINT AS judged,
        list({'facility_id': facility_id, 'judged': judged} ORDER BY facility_id) AS judged_at
    FROM (
        SELECT earlier_no, later_no, facility_id, count(*) AS visits, sum(judged)::BIGINT AS judged
        FROM followed
        JOIN (SELECT DISTINCT factory_no, facility_id FROM asked_round) USING (factory_no)
        GROUP BY ALL
    )
    GROUP BY earlier_no, later_no
),
named AS (
    SELECT DISTINCT instrument_no, instrument FROM asking
)
SELECT
    a.instrument AS earlier, b.instrument AS later, s.facilities, s.visits, s.judged, coalesce(c.directly, 0) AS directly,
    coalesce(c.by_implication, 0) AS by_implication,
    (coalesce(c.directly, 0) + coalesce(c.by_implication, 0)) / nullif(s.judged, 0) AS share, s.judged_at
FROM summed s
LEFT JOIN counted c USING (earlier_no, later_no)
JOIN named a ON a.instrument_no = s.earlier_no
JOIN named b ON b.instrument_no = s.later_no;
