-- What was asked in every round of the chosen factories, and what the answers say of it. An export that lists findings
-- alone proves only what it lists.
-- Reads: asked_round, asking_assessment (assessment_no, assessment_id), made_finding, crosswalk_entry, entailment,
--        indicator_entry, broader_entry, answering_state, corrected_answer, release.compact.
-- Writes: matter, wider_matter, said_of_matter, asked_matter, round_matter.
CREATE OR REPLACE TABLE matter AS
SELECT
    indicator_id,
    (row_number() OVER (ORDER BY indicator_id))::INTEGER AS matter_no,
    -- Only what is met or not met can be known from an answer to something else; figures and texts imply nothing.
    kind IN ('compliance', 'practice') AS is_judged
FROM indicator_entry
WHERE topic_id NOT LIKE 'general.%';

CREATE OR REPLACE TABLE wider_matter AS
SELECT n.matter_no, w.matter_no AS wider_no
FROM broader_entry b
JOIN matter n USING (indicator_id)
JOIN matter w ON w.indicator_id = b.broader_id;

-- What an answer to a question says of our indicator, in bits: 1 asked, 2 answered, 4 met, 8 not met.
CREATE OR REPLACE TABLE said_of_matter AS
WITH implied AS (
    SELECT comparability, state, implied_state, implied_state IN (SELECT state FROM answering_state) AS answers
    FROM entailment
)
SELECT
    q.question_no,
    s.state,
    m.matter_no,
    (1 | CASE WHEN m.is_judged AND i.answers THEN
        2 | CASE i.implied_state WHEN 'met' THEN 4 WHEN 'not_met' THEN 8 ELSE 0 END
    ELSE 0 END)::UTINYINT AS said
FROM release.compact.question q
JOIN matter m USING (indicator_id)
CROSS JOIN (SELECT unnest(enum_range(NULL::answer_state))::answer_state AS state) s
LEFT JOIN implied i ON i.comparability = q.comparability AND i.state = s.state::VARCHAR
WHERE s.state <> 'not_asked';

CREATE OR REPLACE TABLE asked_matter AS
WITH answered AS (
    SELECT a.assessment_no, s.matter_no, bit_or(s.said) AS said
    FROM release.compact.stored_answer a
    JOIN asking_assessment USING (assessment_no)
    JOIN said_of_matter s ON s.question_no = a.question_no AND s.state = a.state
    ANTI JOIN corrected_answer v
        ON v.assessment_no = a.assessment_no AND v.question_no = a.question_no AND v.answered_by = a.answered_by
    GROUP BY a.assessment_no, s.matter_no
),
stated AS (
    SELECT r.assessment_id, a.matter_no, a.said
    FROM answered a
    JOIN asking_assessment r USING (assessment_no)
    UNION ALL
    -- A finding row is an answer that is not met.
    SELECT
        n.assessment_id, m.matter_no,
        (1 | CASE WHEN m.is_judged AND e.implied_state IN (SELECT state FROM answering_state)
            THEN 2 | CASE WHEN e.implied_state = 'not_met' THEN 8 ELSE 0 END ELSE 0 END)::UTINYINT
    FROM made_finding n
    JOIN asking_assessment USING (assessment_id)
    JOIN matter m USING (indicator_id)
    JOIN crosswalk_entry c USING (mapping_id)
    LEFT JOIN entailment e ON e.comparability = c.predicate AND e.state = 'not_met'
    WHERE n.made_from = 'row'
),
said AS (
    SELECT assessment_id, matter_no, bit_or(said) AS said FROM stated GROUP BY assessment_id, matter_no
)
SELECT
    r.facility_id, r.round_id, r.assessment_id, r.instrument, r.round_day AS day, s.matter_no, m.is_judged,
    -- Age counts from the last day on site, for FEM from the end of the reporting period.
    coalesce(r.evidence_to, r.round_day) AS evidence_day,
    s.said & 2 > 0 AS answers,
    -- Inside one assessment what is not met speaks for the indicator.
    s.said & 12 = 4 AS is_met,
    s.said & 8 > 0 AS is_not_met
FROM said s
JOIN matter m USING (matter_no)
JOIN asked_round r USING (assessment_id);

CREATE OR REPLACE TABLE round_matter AS
SELECT
    facility_id, round_id, matter_no, day, any_value(is_judged) AS is_judged,
    max(evidence_day) FILTER (answers) AS answered_to,
    max(evidence_day) FILTER (is_met) AS met_to,
    max(evidence_day) FILTER (is_not_met) AS not_met_to
FROM asked_matter
GROUP BY facility_id, round_id, matter_no, day;
