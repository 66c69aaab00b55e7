-- Grants in force that end within so many days of the day of judgement, and what ends with them.
-- Reads: judged_grant, registered_grant, covered_copy, review_reach. Variables: judged_on, within.
WITH opened AS (
    SELECT c.audience_no, c.grant_id, count(DISTINCT c.assessment_id) AS assessments, sum(r.answers)::BIGINT AS answers
    FROM (SELECT DISTINCT audience_no, grant_id, assessment_id FROM covered_copy) c
    JOIN review_reach r USING (assessment_id)
    GROUP BY c.audience_no, c.grant_id
)
SELECT
    j.grant_id, trim(j.audience) AS audience, g.facility_scheme, g.facility_value, f.name AS facility, j.instrument, j.assessment, j.scope,
    j.until, date_diff('day', getvariable('judged_on'), j.until) AS days, g.purpose, coalesce(o.assessments, 0) AS assessments,
    coalesce(o.answers, 0) AS answers
FROM judged_grant j
JOIN registered_grant g USING (grant_no)
LEFT JOIN facility f ON f.facility_id = j.facility_id
LEFT JOIN opened o ON o.audience_no = j.audience_no AND o.grant_id = j.grant_id
-- A grant that another one goes on from is no question.
WHERE j.standing = 'in_force' AND j.until <= getvariable('judged_on') + getvariable('within')::INTEGER
    AND NOT EXISTS (
        SELECT 1
        FROM judged_grant n
        JOIN registered_grant h USING (grant_no)
        WHERE n.audience_no = j.audience_no AND n.facility_id = j.facility_id AND n.grant_no <> j.grant_no
            AND n.standing IN ('in_force', 'not_yet') AND n.until > j.until AND n.scope_rank >= j.scope_rank
            AND n.instrument IN ('*', j.instrument) AND n.assessment IN ('*', j.assessment)
    )
ORDER BY ALL
