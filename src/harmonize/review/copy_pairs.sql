-- Deliveries of which only a person can say whether they are one report, with what differs between them.
-- Reads: a steward's release, review_reach.
WITH doubt AS (
    SELECT
        row_number() OVER (ORDER BY copy_a, copy_b) AS doubt_no, *,
        stands = 'merged' AS is_merged
    FROM doubtful_copy
),
sides AS (
    SELECT doubt_no, unnest(['a', 'b']) AS side, unnest([assessment_a, assessment_b]) AS assessment_id,
        unnest([copy_a, copy_b]) AS copy_id, is_merged
    FROM doubt
),
-- Of assessments that stand apart all copies are meant, of merged ones the copy that is named.
meant AS (
    SELECT
        s.doubt_no, s.side,
        list({
            'decision_key': c.decision_key, 'contributor': c.contributor, 'assessed_on': c.assessed_on,
            'content_id': f.content_id, 'locator': c.locator
        } ORDER BY c.copy_id) AS copies
    FROM sides s
    JOIN assessment_copy c ON c.assessment_id = s.assessment_id AND (NOT s.is_merged OR c.copy_id = s.copy_id)
    JOIN file f USING (file_id)
    GROUP BY s.doubt_no, s.side
),
differing AS (
    SELECT d.doubt_no, a.question_id, any_value(a.raw_value) AS said_a, any_value(b.raw_value) AS said_b
    FROM doubt d
    JOIN answer a ON a.assessment_id = d.assessment_a
    JOIN answer b ON b.assessment_id = d.assessment_b AND b.question_id = a.question_id AND b.answered_by = a.answered_by
    WHERE NOT d.is_merged AND a.raw_value IS DISTINCT FROM b.raw_value
    GROUP BY d.doubt_no, a.question_id
    UNION ALL
    SELECT d.doubt_no, c.question_id, any_value(c.winning_value_raw), any_value(c.value_raw)
    FROM doubt d
    JOIN conflict c ON d.is_merged AND c.copy_id = d.copy_b
    GROUP BY d.doubt_no, c.question_id
),
differences AS (
    SELECT doubt_no, count(*) AS differences, list({'question': question_id, 'a': said_a, 'b': said_b} ORDER BY question_id)[:5] AS shown
    FROM differing
    GROUP BY doubt_no
)
SELECT
    d.*, y.name AS facility, x.native_id AS number_a, x.assessed_on AS assessed_on_a, x.contributor AS contributor_a, p.path AS file_a,
    x.locator AS locator_a, z.native_id AS number_b, z.assessed_on AS assessed_on_b, z.contributor AS contributor_b,
    q.path AS file_b, z.locator AS locator_b, s.kind::VARCHAR AS kind_a, t.kind::VARCHAR AS kind_b, s.rating_raw AS rating_a,
    t.rating_raw AS rating_b, coalesce(n.differences, 0) AS differences, n.shown, m.copies AS copies_a, o.copies AS copies_b,
    CASE WHEN d.is_merged THEN 1 ELSE 2 END AS assessments,
    r.answers + CASE WHEN d.is_merged THEN 0 ELSE v.answers END AS answers,
    len(list_distinct(list_concat(r.audiences, v.audiences))) AS audiences
FROM doubt d
JOIN facility y USING (facility_id)
JOIN assessment_copy x ON x.copy_id = d.copy_a
JOIN assessment_copy z ON z.copy_id = d.copy_b
JOIN file p ON p.file_id = x.file_id
JOIN file q ON q.file_id = z.file_id
JOIN assessment s ON s.assessment_id = d.assessment_a
JOIN assessment t ON t.assessment_id = d.assessment_b
JOIN review_reach r ON r.assessment_id = d.assessment_a
JOIN review_reach v ON v.assessment_id = d.assessment_b
JOIN meant m ON m.doubt_no = d.doubt_no AND m.side = 'a'
JOIN meant o ON o.doubt_no = d.doubt_no AND o.side = 'b'
LEFT JOIN differences n ON n.doubt_no = d.doubt_no
ORDER BY d.doubt_no
