-- How much of what two reports state is stated alike; what was compared before is known.
-- What few reports state tells: numbers of three digits and more, texts, findings in words. A Yes tells little.
-- Reads: unknown_likeness, compared_content, judged_answer (pointed at their files), harmonised_finding, stage.staged_remark.
-- Writes: release.compact.likeness.
CREATE OR REPLACE TABLE stated_line AS
WITH answered AS (
    SELECT
        j.assessment_key, hash(j.question_id, j.answered_by) AS line, j.state = 'informational' AS is_stated,
        j.state::VARCHAR AS state, j.value_number AS number,
        -- (What spreadsheets make of a day or a text is no difference.)
        regexp_replace(lower(regexp_replace(coalesce(r.value_text, j.raw_value), '[ T]00:00(:00)?$', '')),
            '[^\p{L}\p{M}\p{N}]+', '', 'g') AS text
    FROM judged_answer j
    SEMI JOIN compared_content USING (assessment_key)
    LEFT JOIN stage.staged_remark r USING (remark_key)
    WHERE j.problem IS NULL AND NOT j.is_ignored
)
SELECT
    assessment_key,
    line,
    false AS is_finding,
    min(CASE
        WHEN NOT is_stated THEN hash(state)
        WHEN number IS NOT NULL THEN hash(round(number, 4))
        ELSE hash(text)
    END) AS said,
    bool_or(is_stated AND (coalesce(abs(number) >= 100, false) OR (number IS NULL AND length(text) >= 6))) AS tells
FROM answered
GROUP BY assessment_key, line
UNION ALL
SELECT
    c.assessment_key,
    hash(
        lower(coalesce(f.clause, '')),
        regexp_replace(lower(nfc_normalize(coalesce(f.description, ''))), '[^\p{L}\p{M}\p{N}]+', '', 'g')
    ) AS line,
    true,
    0,
    bool_or(length(coalesce(f.description, '')) >= 12)
FROM harmonised_finding f
JOIN compared_content c ON c.file_id = f.file_id AND c.assessment_no = f.assessment_no
WHERE f.role IS NULL
GROUP BY ALL
UNION ALL
-- What stands beside an answer in words.
SELECT
    c.assessment_key, hash('beside', lower(coalesce(f.clause, ''))) AS line, false,
    min(hash(regexp_replace(lower(nfc_normalize(f.description)), '[^\p{L}\p{M}\p{N}]+', '', 'g'))),
    bool_or(length(f.description) >= 12)
FROM harmonised_finding f
JOIN compared_content c ON c.file_id = f.file_id AND c.assessment_no = f.assessment_no
WHERE f.role = 'detail' AND f.description IS NOT NULL
GROUP BY ALL;

INSERT INTO release.compact.likeness
WITH common AS (
    SELECT
        u.content_a, u.content_b, count(*) AS lines, count(*) FILTER (a.said = b.said) AS agreeing,
        count(*) FILTER (a.is_finding) AS findings,
        count(*) FILTER (a.said <> b.said) AS contrary,
        count(*) FILTER (a.tells AND b.tells AND a.said = b.said) AS telling
    FROM unknown_likeness u
    JOIN stated_line a ON a.assessment_key = u.content_a
    JOIN stated_line b ON b.assessment_key = u.content_b AND b.line = a.line AND b.is_finding = a.is_finding
    GROUP BY u.content_a, u.content_b
),
listed AS (
    SELECT assessment_key, count(*) FILTER (is_finding) AS findings, count(*) AS lines
    FROM stated_line
    GROUP BY assessment_key
)
SELECT
    u.content_a, u.signature_a, u.content_b, u.signature_b,
    -- A question that one side leaves out says nothing; a finding that one side leaves out does.
    coalesce(c.lines, 0) + coalesce(a.findings, 0) + coalesce(b.findings, 0) - 2 * coalesce(c.findings, 0) AS compared,
    coalesce(c.agreeing, 0) AS agreeing,
    coalesce(c.telling, 0) AS telling,
    -- What speaks against it that the one is cut from the other: what they answer otherwise, and findings of the shorter list
    -- that the longer one lacks.
    coalesce(c.contrary, 0) + least(coalesce(a.findings, 0), coalesce(b.findings, 0)) - coalesce(c.findings, 0) AS uncommon
FROM unknown_likeness u
LEFT JOIN common c USING (content_a, content_b)
LEFT JOIN listed a ON a.assessment_key = u.content_a
LEFT JOIN listed b ON b.assessment_key = u.content_b
ORDER BY ALL;
