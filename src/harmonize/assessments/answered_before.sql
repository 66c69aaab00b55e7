-- Of what was asked, what an earlier round of the factory had answered already, within the months of the rule: the
-- indicator itself, or by implication: what is met of a wider one, what is not met of a narrower one.
-- Reads: round_matter, wider_matter, burden_rule. Writes: matter_day.
-- Per factory, indicator and day: how many rounds asked it, and how far the evidence of the rounds before reaches.
CREATE OR REPLACE TABLE matter_day AS
WITH compared AS (
    SELECT facility_id FROM round_matter WHERE day IS NOT NULL GROUP BY facility_id HAVING count(DISTINCT day) > 1
),
standing AS (
    SELECT * FROM round_matter SEMI JOIN compared USING (facility_id) WHERE day IS NOT NULL
),
event AS (
    SELECT facility_id, matter_no, day, is_judged::INTEGER AS asked, answered_to, NULL::DATE AS implied_to
    FROM standing
    UNION ALL
    SELECT s.facility_id, w.matter_no, s.day, 0, NULL, s.met_to
    FROM standing s
    JOIN wider_matter w ON w.wider_no = s.matter_no
    WHERE s.met_to IS NOT NULL
    UNION ALL
    SELECT s.facility_id, w.wider_no, s.day, 0, NULL, s.not_met_to
    FROM standing s
    JOIN wider_matter w ON w.matter_no = s.matter_no
    WHERE s.not_met_to IS NOT NULL
),
daily AS (
    SELECT
        facility_id, matter_no, day, sum(asked) AS asked, max(answered_to) AS answered_to, max(implied_to) AS implied_to
    FROM event
    GROUP BY facility_id, matter_no, day
),
before AS (
    SELECT
        facility_id, matter_no, day, asked, (day - to_months((SELECT months FROM burden_rule)))::DATE AS since,
        max(answered_to) OVER earlier AS answered_to,
        max(implied_to) OVER earlier AS implied_to
    FROM daily
    WINDOW earlier AS (
        PARTITION BY facility_id, matter_no ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
)
SELECT
    facility_id, matter_no, day, asked,
    coalesce(answered_to >= since, false) AS was_answered,
    coalesce(implied_to >= since, false) AS was_implied
FROM before
WHERE asked > 0;
