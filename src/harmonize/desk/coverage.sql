-- Per instrument and edition, how much of what was answered and found is mapped to an indicator.
WITH answered AS (
    SELECT
        instrument, edition, sum(answers)::BIGINT AS answers,
        coalesce(sum(answers) FILTER (indicator_id IS NOT NULL), 0)::BIGINT AS answers_mapped,
        count(DISTINCT question_id) FILTER (indicator_id IS NULL) AS questions_unmapped
    FROM compact.answered_question
    GROUP BY ALL
),
found AS (
    SELECT s.instrument, s.edition, count(*) AS findings, count(n.indicator_id) AS findings_mapped
    FROM finding n
    JOIN assessment s USING (assessment_id)
    WHERE n.made_from = 'row'
    GROUP BY ALL
)
SELECT
    coalesce(a.instrument, f.instrument) AS instrument, coalesce(a.edition, f.edition) AS edition, coalesce(answers, 0) AS answers,
    coalesce(answers_mapped, 0) AS answers_mapped, coalesce(questions_unmapped, 0) AS questions_unmapped,
    coalesce(findings, 0) AS findings, coalesce(findings_mapped, 0) AS findings_mapped
FROM answered a
FULL JOIN found f ON f.instrument = a.instrument AND f.edition IS NOT DISTINCT FROM a.edition
ORDER BY 1, 2
