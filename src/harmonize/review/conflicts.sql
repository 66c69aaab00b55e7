-- What a person should look at and nobody decides here: one report that says two things, two visits that disagree, records
-- that contradict each other.
-- Reads: a steward's release, review_reach, conflicting_issue.
SELECT
    'report' AS sort, d.assessment_id || '|' || d.contributor_a || '|' || d.contributor_b AS key, f.name AS facility,
    s.instrument || ' ' || coalesce(s.assessed_on::VARCHAR, '') AS matter, d.contributor_a AS who_a, d.contributor_b AS who_b,
    count(*) AS differences,
    list({'question': d.question_id, 'a': d.value_a, 'b': d.value_b} ORDER BY d.question_id)[:5] AS shown,
    '' AS message, 1 AS assessments, count(*) AS answers, any_value(len(r.audiences)) AS audiences
FROM report_difference d
JOIN assessment s USING (assessment_id)
JOIN facility f ON f.facility_id = d.facility_id
JOIN review_reach r USING (assessment_id)
GROUP BY ALL
UNION ALL
SELECT
    'contradiction', c.indicator_id || '|' || c.assessment_a || '|' || c.assessment_b, f.name,
    coalesce(i.labels ->> getvariable('language'), i.labels ->> 'en', c.indicator_id),
    a.instrument || ' ' || coalesce(a.assessed_on::VARCHAR, ''), b.instrument || ' ' || coalesce(b.assessed_on::VARCHAR, ''), 1,
    [
        {'question': 'state', 'a': c.state_a::VARCHAR, 'b': c.state_b::VARCHAR},
        {'question': 'question', 'a': c.question_a, 'b': c.question_b},
        {'question': 'said', 'a': c.said_a, 'b': c.said_b},
        {'question': 'verification', 'a': c.verification_a::VARCHAR, 'b': c.verification_b::VARCHAR}
    ],
    c.days_apart::VARCHAR, 2, 2, len(list_distinct(list_concat(r.audiences, v.audiences)))
FROM contradiction c
JOIN facility f USING (facility_id)
JOIN assessment a ON a.assessment_id = c.assessment_a
JOIN assessment b ON b.assessment_id = c.assessment_b
JOIN review_reach r ON r.assessment_id = c.assessment_a
JOIN review_reach v ON v.assessment_id = c.assessment_b
LEFT JOIN indicator i ON i.indicator_id = c.indicator_id
UNION ALL
SELECT
    i.code, coalesce(f.contributor, '') || '|' || i.code || '|' || coalesce(i.value, '') || '|' || i.message, '',
    coalesce(i.value, ''), coalesce(f.contributor, ''), '', count(*), [], any_value(i.message), 0, count(*), 0
FROM issue i
LEFT JOIN file f USING (file_id)
WHERE i.code IN (SELECT code FROM conflicting_issue)
GROUP BY f.contributor, i.code, i.value, i.message
ORDER BY ALL
