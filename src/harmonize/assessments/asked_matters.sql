-- What was asked in every round of the chosen factories, and what the answers say of it. An export that lists findings
-- alone proves only what it lists. A follow-up checks what is open, and asks nothing again.
-- Reads: asked_round, asking_assessment (assessment_no, assessment_id), made_finding, crosswalk_entry, entailment,
--        indicator_entry, broader_entry, answering_state, corrected_answer, release.compact (follow_up and others).
-- Writes: matter, wider_matter, said_of_matter, asking, asked_matter, round_matter.
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

-- What an answer to a question says of our indicator, in bits: 1 asked, 2 answered, 4 met, 8 not met, 16 can be judged.
CREATE OR REPLACE TABLE said_of_matter AS
WITH implied AS (
    SELECT comparability, state, implied_state, implied_state IN (SELECT state FROM answering_state) AS answers
    FROM entailment
)
SELECT
    q.question_no,
    s.state,
    m.matter_no,
    (CASE WHEN m.is_judged THEN 17 ELSE 1 END | CASE WHEN m.is_judged AND i.answers THEN
        2 | CASE i.implied_state WHEN 'met' THEN 4 WHEN 'not_met' THEN 8 ELSE 0 END
    ELSE 0 END)::UTINYINT AS said
FROM release.compact.question q
JOIN matter m USING (indicator_id)
CROSS JOIN (SELECT unnest(enum_range(NULL::answer_state))::answer_state AS state) s
LEFT JOIN implied i ON i.comparability = q.comparability AND i.state = s.state::VARCHAR
WHERE s.state <> 'not_asked';

CREATE OR REPLACE TABLE asking AS
SELECT
    k.assessment_no, r.assessment_id, r.factory_no, r.round_no, r.round_day AS day,
    -- Age counts from the last day on site, for FEM from the end of the reporting period.
    coalesce(r.evidence_to, r.round_day) AS evidence_day,
    (dense_rank() OVER (ORDER BY r.instrument))::SMALLINT AS instrument_no,
    r.instrument,
    count(*) OVER (PARTITION BY r.round_no) AS members
FROM asking_assessment k
JOIN asked_round r USING (assessment_id)
ANTI JOIN release.compact.follow_up f ON f.assessment_id = k.assessment_id;

CREATE OR REPLACE TABLE asked_matter AS
WITH stated AS (
    SELECT a.assessment_no, s.matter_no, s.said
    FROM release.compact.stored_answer a
    JOIN (SELECT assessment_no FROM asking) k USING (assessment_no)
    JOIN said_of_matter s ON s.question_no = a.question_no AND s.state = a.state
    ANTI JOIN corrected_answer v
        ON v.assessment_no = a.assessment_no AND v.question_no = a.question_no AND v.answered_by = a.answered_by
    UNION ALL
    -- A finding row is an answer that is not met.
    SELECT
        k.assessment_no, m.matter_no,
        (CASE WHEN m.is_judged THEN 17 ELSE 1 END
            | CASE WHEN m.is_judged AND e.implied_state IN (SELECT state FROM answering_state)
                THEN 2 | CASE WHEN e.implied_state = 'not_met' THEN 8 ELSE 0 END ELSE 0 END)::UTINYINT
    FROM made_finding n
    JOIN asking k USING (assessment_id)
    JOIN matter m USING (indicator_id)
    JOIN crosswalk_entry c USING (mapping_id)
    LEFT JOIN entailment e ON e.comparability = c.predicate AND e.state = 'not_met'
    WHERE n.made_from = 'row'
)
SELECT
    assessment_no, matter_no,
    -- Inside one assessment what is not met speaks for the indicator.
    CASE WHEN bit_or(said) & 12 = 12 THEN bit_or(said) - 4 ELSE bit_or(said) END::UTINYINT AS said
FROM stated
GROUP BY assessment_no, matter_no;

-- Most rounds are of one assessment, whose rows need not be grouped again.
CREATE OR REPLACE TABLE round_matter AS
WITH told AS (
    SELECT
        k.factory_no, k.round_no, k.members, a.matter_no, k.day, a.said & 16 > 0 AS is_judged,
        CASE WHEN a.said & 2 > 0 THEN k.evidence_day END AS answered_to,
        CASE WHEN a.said & 4 > 0 THEN k.evidence_day END AS met_to,
        CASE WHEN a.said & 8 > 0 THEN k.evidence_day END AS not_met_to
    FROM asked_matter a
    JOIN asking k USING (assessment_no)
)
SELECT factory_no, round_no, matter_no, day, is_judged, answered_to, met_to, not_met_to FROM told WHERE members = 1
UNION ALL
SELECT
    factory_no, round_no, matter_no, any_value(day), any_value(is_judged), max(answered_to), max(met_to), max(not_met_to)
FROM told
WHERE members > 1
GROUP BY factory_no, round_no, matter_no;
