-- Screens: one pass over the answers says of many laws that nothing breaks them. Each query gives one row; its columns
-- are named after laws and count suspicious rows or groups. Nothing suspicious: the law is kept, its own query need not
-- run. Whatever breaks a law is suspicious (the converse does not hold). `answer` is where the answers stand.

-- screen: belonging
WITH seen AS MATERIALIZED (
    SELECT assessment_id, file_id
    FROM {answer}
    GROUP BY assessment_id, file_id
)
SELECT
    count(*) FILTER (WHERE s.assessment_id IS NULL) AS answer_without_assessment,
    count(*) FILTER (WHERE NOT s.published) AS answer_of_unpublished_assessment,
    count(*) FILTER (WHERE f.file_id IS NULL) AS answer_without_file
FROM seen AS a
LEFT JOIN assessment AS s ON s.assessment_id = a.assessment_id
LEFT JOIN file AS f ON f.file_id = a.file_id;

-- screen: meaning
WITH seen AS MATERIALIZED (
    SELECT
        mapping_id,
        indicator_id,
        state,
        count(*) AS answers,
        count(comparability) AS compared,
        count(*) FILTER (WHERE value_number IS NOT NULL AND unit IS NULL) AS bare,
        -- Not a number sorts above infinity, infinity above every number.
        min(value_number) AS lowest,
        max(value_number) AS highest
    FROM {answer}
    GROUP BY mapping_id, indicator_id, state
)
SELECT
    count(*) FILTER (WHERE a.indicator_id IS NOT NULL AND i.indicator_id IS NULL) AS answer_of_unknown_indicator,
    count(*) FILTER (
        WHERE a.indicator_id IS NOT NULL AND a.mapping_id IS NOT NULL AND c.status IS DISTINCT FROM 'approved'
    ) AS answer_by_unapproved_mapping,
    count(*) FILTER (
        WHERE a.indicator_id IS NOT NULL AND (a.mapping_id IS NULL OR a.compared < a.answers)
    ) AS indicator_without_mapping,
    count(*) FILTER (WHERE i.kind = 'quantity' AND a.bare > 0) AS quantity_without_unit,
    count(*) FILTER (WHERE i.kind = 'quantity' AND a.lowest < 0) AS negative_quantity,
    count(*) FILTER (WHERE NOT isfinite(a.lowest) OR NOT isfinite(a.highest)) AS unreal_number,
    count(*) FILTER (
        WHERE i.kind IN ('quantity', 'date', 'text') AND a.state IN ('met', 'partly_met', 'not_met', 'no_finding')
    ) AS verdict_on_information,
    count(*) FILTER (WHERE a.state = 'not_met' AND c.scale IS DISTINCT FROM 'finding') AS blank_is_not_met,
    count(*) FILTER (WHERE c.scale = 'finding' AND a.state IN ('met', 'partly_met')) AS met_from_findings_list,
    count(*) FILTER (WHERE i.kind = 'compliance' AND a.state = 'not_met' AND a.compared > 0) AS not_met_without_finding
FROM seen AS a
LEFT JOIN indicator AS i ON i.indicator_id = a.indicator_id
LEFT JOIN crosswalk AS c ON c.mapping_id = a.mapping_id;

-- screen: repetition
-- A bit per question: an assessment without repeated answers has as many bits as answers, in a tenth of the memory that
-- grouping by question takes.
WITH seen AS (
    SELECT count(*) AS answers, bit_count(bitstring_agg(q.place, 0, {questions})) AS questions
    FROM {answer} AS a
    JOIN numbered_question AS q ON q.question_id = a.question_id
    GROUP BY a.assessment_id, a.answered_by
)
SELECT count(*) FILTER (WHERE answers <> questions) AS duplicate_answer FROM seen;
