-- Of what was asked, what an earlier round of the factory had answered already, within the months of the rule: the
-- indicator itself, or by implication: what is met of a wider one, what is not met of a narrower one.
-- Reads: asking, round_matter, wider_matter, burden_rule. Writes: matter_day (what was answered before).
-- Per factory, indicator and day: how many rounds asked it, and whether the evidence of the rounds before reaches so far.
CREATE OR REPLACE TABLE matter_day AS
WITH compared AS (
    SELECT factory_no FROM asking WHERE day IS NOT NULL GROUP BY factory_no HAVING min(day) < max(day)
),
standing AS (
    SELECT
        factory_no::BIGINT << 16 | matter_no AS place, factory_no, matter_no, round_no, day, is_judged, answered_to, met_to,
        not_met_to
    FROM round_matter
    SEMI JOIN compared USING (factory_no)
    WHERE day IS NOT NULL
),
asked_place AS (
    SELECT DISTINCT place FROM standing WHERE is_judged
),
implied AS (
    SELECT s.factory_no::BIGINT << 16 | w.matter_no AS place, s.day, s.met_to AS implied_to
    FROM standing s
    JOIN wider_matter w ON w.wider_no = s.matter_no
    WHERE s.met_to IS NOT NULL
    UNION ALL
    SELECT s.factory_no::BIGINT << 16 | w.wider_no, s.day, s.not_met_to
    FROM standing s
    JOIN wider_matter w ON w.matter_no = s.matter_no
    WHERE s.not_met_to IS NOT NULL
),
event AS (
    SELECT place, day, 1 AS asked, answered_to, NULL::DATE AS implied_to FROM standing WHERE is_judged
    UNION ALL
    SELECT place, day, 0, NULL, implied_to FROM implied SEMI JOIN asked_place USING (place)
),
before AS (
    SELECT
        place, day, asked, (day - to_months((SELECT months FROM burden_rule)))::DATE AS since,
        max(answered_to) OVER earlier AS answered_to,
        max(implied_to) OVER earlier AS implied_to
    FROM (SELECT *, day - DATE '1900-01-01' AS day_no FROM event)
    WINDOW earlier AS (PARTITION BY place ORDER BY day_no RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT
    (place >> 16)::INTEGER AS factory_no, day,
    coalesce(answered_to >= since, false) AS was_answered,
    coalesce(implied_to >= since, false) AS was_implied
FROM before
WHERE asked = 1 AND (answered_to >= since OR implied_to >= since);
