-- Of a sum of which one part, or the total, is suppressed, all parts are.
INSERT INTO suppressed_count
SELECT DISTINCT t.audience_no, t.assessment_id, p.part
FROM stated_sum t
JOIN count_sum s USING (sum_no)
JOIN count_part p USING (sum_no)
JOIN suppressed_count x
    ON x.audience_no = t.audience_no AND x.assessment_id = t.assessment_id
    AND (x.indicator_id = s.total OR list_contains(s.parts, x.indicator_id))
ANTI JOIN suppressed_count y
    ON y.audience_no = t.audience_no AND y.assessment_id = t.assessment_id AND y.indicator_id = p.part
