-- Pairs of factories some of whose records may be one factory, each with its likeliest pair of records.
-- Reads: a steward's release, told_pair, decided_key, review_facility.
WITH told AS (
    SELECT
        p.probability, p.reasons, a.facility_id > b.facility_id AS is_turned, a.facility_id AS facility_one,
        b.facility_id AS facility_other, a.decision_key AS key_one, b.decision_key AS key_other, a AS one, b AS other
    FROM told_pair p
    JOIN facility_mention a ON a.mention_id = p.mention_a
    JOIN facility_mention b ON b.mention_id = p.mention_b
    WHERE a.facility_id <> b.facility_id AND a.decision_key <> b.decision_key
),
-- The factory with the smaller id is always on the left.
paired AS (
    SELECT
        probability, reasons, least(facility_one, facility_other) AS facility_a, greatest(facility_one, facility_other) AS facility_b,
        CASE WHEN is_turned THEN key_other ELSE key_one END AS key_a, CASE WHEN is_turned THEN key_one ELSE key_other END AS key_b,
        CASE WHEN is_turned THEN other ELSE one END AS a, CASE WHEN is_turned THEN one ELSE other END AS b
    FROM told
),
-- Factories that a person has called one are no question any more, whichever of their records were meant.
said_same AS (
    SELECT DISTINCT least(x.facility_id, y.facility_id) AS facility_a, greatest(x.facility_id, y.facility_id) AS facility_b
    FROM decided_key d
    JOIN facility_mention x ON x.decision_key = d.one
    JOIN facility_mention y ON y.decision_key = d.other
    WHERE d.ledger = 'facility_decisions.jsonl' AND d.verdict = 'same'
),
undecided AS (
    SELECT p.*
    FROM paired p
    ANTI JOIN decided_key d
        ON d.ledger = 'facility_decisions.jsonl' AND d.one = least(p.key_a, p.key_b) AND d.other = greatest(p.key_a, p.key_b)
    ANTI JOIN said_same s ON s.facility_a = p.facility_a AND s.facility_b = p.facility_b
),
asked AS (
    SELECT
        facility_a, facility_b, max(probability) AS probability, count(*) AS pairs,
        arg_max({'a': a, 'b': b, 'key_a': key_a, 'key_b': key_b, 'reasons': reasons}, (probability, key_a, key_b, a.mention_id)) AS best,
        list(DISTINCT [key_a, key_b]) AS keys
    FROM undecided
    GROUP BY facility_a, facility_b
),
stated AS (
    SELECT facility_id, string_agg(DISTINCT scheme || ' ' || value, ', ' ORDER BY scheme || ' ' || value) AS identifiers
    FROM facility_identifier
    WHERE valid AND NOT starts_with(scheme, 'assessment:')
    GROUP BY facility_id
)
SELECT
    q.facility_a, q.facility_b, q.probability, q.pairs, q.best.reasons AS reasons, q.keys, [q.best.key_a, q.best.key_b] AS leading,
    q.best.a AS a, q.best.b AS b, i.identifiers AS identifiers_a, j.identifiers AS identifiers_b, f.assessments AS assessments_a,
    g.assessments AS assessments_b, f.assessments + g.assessments AS assessments, f.answers + g.answers AS answers,
    len(list_distinct(list_concat(f.audiences, g.audiences))) AS audiences
FROM asked q
JOIN review_facility f ON f.facility_id = q.facility_a
JOIN review_facility g ON g.facility_id = q.facility_b
LEFT JOIN stated i ON i.facility_id = q.facility_a
LEFT JOIN stated j ON j.facility_id = q.facility_b
ORDER BY q.facility_a, q.facility_b
