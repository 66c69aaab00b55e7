-- Counts of workers in the assessments of each audience. What is suppressed follows from what this audience is shown alone.
CREATE OR REPLACE TEMP TABLE worker_count AS
SELECT DISTINCT a.audience_no, a.assessment_id, a.indicator_id, a.answered_by::VARCHAR AS answered_by, a.value_number AS value
FROM shared_answer a
JOIN counted_indicator c USING (indicator_id)
WHERE a.value_number IS NOT NULL;

-- What each side states, at least and at most: a sum may hold with either. A side that is silent takes the other's word.
CREATE OR REPLACE TEMP TABLE stated_count AS
WITH side AS (
    SELECT w.audience_no, w.assessment_id, w.indicator_id, s.answered_by,
        min(w.value) FILTER (w.answered_by = s.answered_by) AS own_least,
        max(w.value) FILTER (w.answered_by = s.answered_by) AS own_most,
        min(w.value) AS least, max(w.value) AS most
    FROM worker_count w, (VALUES ('facility'), ('verifier')) s (answered_by)
    GROUP BY ALL
)
SELECT audience_no, assessment_id, indicator_id, answered_by, e.extreme,
    CASE e.extreme WHEN 'least' THEN coalesce(own_least, least) ELSE coalesce(own_most, most) END AS value
FROM side, (VALUES ('least'), ('most')) e (extreme);

-- Sums of which a part is stated, and whether little is left of the total.
CREATE OR REPLACE TEMP TABLE stated_sum AS
WITH added AS (
    SELECT p.sum_no, c.audience_no, c.assessment_id, c.answered_by, c.extreme, sum(c.value) AS parts
    FROM count_part p
    JOIN stated_count c ON c.indicator_id = p.part
    GROUP BY ALL
)
SELECT a.audience_no, a.assessment_id, a.sum_no,
    coalesce(bool_or(t.value - a.parts > 0 AND t.value - a.parts < (SELECT least FROM least_count)), false) AS has_small_rest
FROM added a
JOIN count_sum s USING (sum_no)
LEFT JOIN stated_count t
    ON t.indicator_id = s.total AND t.audience_no = a.audience_no AND t.assessment_id = a.assessment_id
    AND t.answered_by = a.answered_by
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE suppressed_count AS
SELECT audience_no, assessment_id, indicator_id FROM worker_count WHERE value > 0 AND value < (SELECT least FROM least_count)
UNION
SELECT audience_no, assessment_id, indicator_id
FROM shared_answer
WHERE indicator_id IN (SELECT indicator_id FROM always_suppressed)
UNION
SELECT a.audience_no, a.assessment_id, a.indicator_id
FROM shared_answer a
JOIN count_share h ON h.share = a.indicator_id
JOIN worker_count w ON w.audience_no = a.audience_no AND w.assessment_id = a.assessment_id AND w.indicator_id = h.whole
WHERE a.value_number > 0 AND a.value_number < 100
    AND (a.value_number * w.value / 100 < (SELECT least FROM least_count)
        OR (100 - a.value_number) * w.value / 100 < (SELECT least FROM least_count))
UNION
SELECT s.audience_no, s.assessment_id, p.part FROM stated_sum s JOIN count_part p USING (sum_no) WHERE s.has_small_rest;
