-- Questions and clauses that no crosswalk knows, with what was answered to them.
-- Reads: a steward's release, review_reach.
WITH stated AS (
    SELECT a.assessment_id, a.question_id AS question, left(coalesce(a.raw_value, a.value_text), 120) AS said, false AS is_clause
    FROM answer a
    -- (What was asked in another country's list is known, and asked of nobody here.)
    WHERE a.indicator_id IS NULL AND a.mapping_id IS NULL AND a.reason IS DISTINCT FROM 'other_country'
    UNION ALL
    SELECT f.assessment_id, f.clause_raw, left(coalesce(f.description, ''), 240), true
    FROM finding f
    WHERE f.indicator_id IS NULL AND f.mapping_id IS NULL AND f.made_from = 'row' AND f.clause_raw IS NOT NULL
)
SELECT
    s.instrument, coalesce(s.edition, '') AS edition, t.question, bool_or(t.is_clause) AS is_clause, count(*) AS answers,
    count(DISTINCT t.assessment_id) AS assessments, len(list_distinct(flatten(list(r.audiences)))) AS audiences,
    list(DISTINCT t.said ORDER BY t.said) FILTER (t.said <> '') AS said, count(DISTINCT s.facility_id) AS facilities
FROM stated t
JOIN assessment s USING (assessment_id)
JOIN review_reach r USING (assessment_id)
GROUP BY s.instrument, s.edition, t.question
ORDER BY ALL
