-- One report that says different things to different receivers: a signal for the steward and the factory, decided by nobody here.
-- What one receiver was given in a higher status or a newer version is an amendment and no difference.
-- Reads: made_copy, made_assessment, finding_row, inbox_file, release.conflict, release.compact.otherwise_answer.
-- Writes: given_report, made_difference, grave_difference, difference_issue.
CREATE OR REPLACE TABLE given_report AS
-- Pairs of contents of one assessment that two contributors hold, the better one first.
WITH content AS (
    SELECT *
    FROM made_copy
    WHERE is_repeated AND published
    QUALIFY row_number() OVER (
        PARTITION BY assessment_id, content_file_id, assessment_no ORDER BY file_id = content_file_id DESC, delivery_rank
    ) = 1
)
SELECT
    w.assessment_id, w.copy_id AS copy_a, w.contributor AS contributor_a, w.content_file_id AS content_a,
    w.assessment_no AS no_a, w.locator AS locator_a,
    l.copy_id AS copy_b, l.contributor AS contributor_b, l.content_file_id AS content_b, l.assessment_no AS no_b,
    l.locator AS locator_b, l.assessed_on - w.assessed_on AS days_later,
    CASE
        WHEN l.status <> w.status THEN NULL
        WHEN l.updated_at = w.updated_at THEN 'same'
        -- (One prints the day, the other the moment.)
        WHEN l.updated_at[:10] = w.updated_at[:10] AND least(length(l.updated_at), length(w.updated_at)) = 10 THEN 'same'
        WHEN l.updated_at IS NOT NULL AND w.updated_at IS NOT NULL THEN NULL
        WHEN l.updated_at IS NULL AND w.updated_at IS NULL AND l.received_at IS NOT DISTINCT FROM w.received_at THEN 'same'
        ELSE 'unknown'
    END AS version
FROM content w
JOIN content l ON l.assessment_id = w.assessment_id AND l.delivery_rank > w.delivery_rank AND l.contributor <> w.contributor
-- (What is published of an assessment is no report.)
WHERE NOT w.is_public AND NOT l.is_public;

CREATE OR REPLACE TABLE made_difference AS
WITH matter AS (
    SELECT
        f.assessment_id, f.file_id AS content_file_id, f.assessment_no, f.identity, f.locator,
        coalesce(f.native_id, f.clause, '') AS called, concat_ws(': ', f.clause, f.description) AS said,
        hash(
            lower(coalesce(f.clause, '')),
            regexp_replace(lower(nfc_normalize(coalesce(f.description, ''))), '[^\p{L}\p{M}\p{N}]+', '', 'g')
        ) AS line
    FROM finding_row f
    SEMI JOIN given_report g ON g.assessment_id = f.assessment_id
),
listed AS (
    SELECT g.copy_a, g.copy_b, f.*, f.content_file_id = g.content_a AND f.assessment_no = g.no_a AS is_a
    FROM given_report g
    JOIN matter f
        ON f.assessment_id = g.assessment_id
        AND ((f.content_file_id = g.content_a AND f.assessment_no = g.no_a)
            OR (f.content_file_id = g.content_b AND f.assessment_no = g.no_b))
    WHERE g.version IS NOT NULL
),
-- What only one of the two says; under one number both may say something.
alone AS (
    SELECT l.*
    FROM listed l
    ANTI JOIN listed o ON o.copy_a = l.copy_a AND o.copy_b = l.copy_b AND o.line = l.line AND o.is_a <> l.is_a
)
SELECT
    m.facility_id, g.assessment_id, x.question_id, g.version, g.copy_a, g.contributor_a, x.winning_value_raw AS value_a,
    x.winning_locator AS locator_a, g.copy_b, g.contributor_b, x.value_raw AS value_b, x.locator AS locator_b
FROM release.conflict x
JOIN given_report g ON g.assessment_id = x.assessment_id AND g.copy_a = x.winning_copy_id AND g.copy_b = x.copy_id
JOIN made_assessment m ON m.assessment_id = g.assessment_id
WHERE g.version IS NOT NULL
    -- (1,150 and 1.150 are one number, written in two styles.)
    AND NOT (
        regexp_replace(x.value_raw, '\D', '', 'g') = regexp_replace(x.winning_value_raw, '\D', '', 'g')
        AND regexp_full_match(x.value_raw, '\d{1,3}([.,''’\p{Zs}]\d{3})+|\d+')
        AND regexp_full_match(x.winning_value_raw, '\d{1,3}([.,''’\p{Zs}]\d{3})+|\d+')
    )
    -- (How far actions have come is reported from day to day.)
    AND NOT (g.version = 'unknown' AND (x.reason LIKE '% status otherwise' OR x.reason LIKE '% due date otherwise'))
    -- (A time that is printed in days counts from the day of the report, which the two print otherwise.)
    AND NOT coalesce(x.reason LIKE '% due date otherwise'
        AND try_cast(x.value_raw AS DATE) - try_cast(x.winning_value_raw AS DATE) = g.days_later, false)
UNION ALL
SELECT
    m.facility_id, g.assessment_id, 'finding ' || coalesce(x.called, y.called), g.version, g.copy_a, g.contributor_a, x.said,
    coalesce(x.locator, g.locator_a), g.copy_b, g.contributor_b, y.said, coalesce(y.locator, g.locator_b)
FROM (SELECT * FROM alone WHERE is_a) x
FULL JOIN (SELECT * FROM alone WHERE NOT is_a) y
    ON y.copy_a = x.copy_a AND y.copy_b = x.copy_b AND y.identity = x.identity
JOIN given_report g ON g.copy_a = coalesce(x.copy_a, y.copy_a) AND g.copy_b = coalesce(x.copy_b, y.copy_b)
JOIN made_assessment m ON m.assessment_id = g.assessment_id;

-- Differences that change what stands, and not only how it is written: another state, or a finding that one leaves out.
CREATE OR REPLACE TABLE grave_difference AS
SELECT copy_a, copy_b, question_id
FROM made_difference
WHERE value_a IS NULL OR value_b IS NULL
UNION
SELECT d.copy_a, d.copy_b, d.question_id
FROM made_difference d
JOIN release.compact.stored_assessment s USING (assessment_id)
JOIN release.compact.otherwise_answer o ON o.assessment_no = s.assessment_no AND o.question_id = d.question_id
JOIN release.compact.place p
    ON p.place_no = o.place_no AND p.prefix || coalesce(o.row_no::VARCHAR, '') || p.suffix = d.locator_b
JOIN release.compact.stored_answer a
    ON a.assessment_no = o.assessment_no AND a.question_no = o.question_no AND a.state <> o.state;

CREATE OR REPLACE TABLE difference_issue AS
WITH told AS (
    SELECT
        d.copy_a, d.copy_b, contributor_a, contributor_b, version, count(*) AS differences,
        bool_or(g.question_id IS NOT NULL) AS is_grave,
        -- (What changes what stands is named first.)
        first(d.question_id ORDER BY g.question_id IS NULL, d.question_id, value_a) AS question_id,
        first(coalesce(value_a, 'left out') ORDER BY g.question_id IS NULL, d.question_id, value_a) AS value_a,
        first(coalesce(value_b, 'left out') ORDER BY g.question_id IS NULL, d.question_id, value_a) AS value_b
    FROM made_difference d
    LEFT JOIN grave_difference g ON g.copy_a = d.copy_a AND g.copy_b = d.copy_b AND g.question_id = d.question_id
    GROUP BY ALL
),
sided AS (
    SELECT copy_a AS copy_id, copy_b AS other_id, contributor_b AS other, value_a AS here, value_b AS there, * FROM told
    UNION ALL
    SELECT copy_b, copy_a, contributor_a, value_b, value_a, * FROM told
)
SELECT
    c.file_id,
    c.locator,
    'report_differs_between_receivers' AS code,
    CASE WHEN s.version = 'same' OR s.is_grave THEN 'warning' ELSE 'info' END AS severity,
    s.question_id AS value,
    s.other || ' was given the same report with other content (' || f.path || ', ' || o.locator || '), '
        || s.differences || CASE s.differences WHEN 1 THEN ' difference' ELSE ' differences' END || ': ' || s.question_id
        || ' is ''' || left(s.here, 100) || ''' here and ''' || left(s.there, 100) || ''' there'
        || CASE s.version WHEN 'same' THEN '.' ELSE '; no date tells whether one amends the other.' END AS message,
    'Ask who issued the report, and the factory; all differences stand in report_difference, and none is decided.' AS hint,
    false AS withheld
FROM sided s
JOIN made_copy c ON c.copy_id = s.copy_id
JOIN made_copy o ON o.copy_id = s.other_id
JOIN inbox_file f ON f.file_id = o.file_id;
