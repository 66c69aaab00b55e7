-- All that decides what the answers in every column, and the findings of every clause, mean by one side's crosswalks.
-- Reads: release.compact.meaning, asked_class, read_clause, crosswalk_entry, indicator_entry, scale_word, scale_said,
--        entailment, unit_spelling.
-- Writes: meant, meant_clause.
CREATE OR REPLACE TABLE meant AS
WITH implied AS (
    SELECT comparability, list(state || ' ' || implied_state ORDER BY ALL) AS implied FROM entailment GROUP BY ALL
)
SELECT
    k.instrument, k.edition, k.country,
    -- (Numbers and bits are of this side alone; what they stand for is said in words.)
    m.* EXCLUDE (scale_no, accepted_bits, digest, question_no, place_no, knowledge),
    i.topic_id,
    s.said AS scale,
    e.implied,
    CASE WHEN m.asks_quantity THEN (SELECT bit_xor(hash(spelling, unit, factor)) FROM unit_spelling) END AS units
FROM release.compact.meaning m
JOIN release.compact.asked_class k USING (class_no)
LEFT JOIN indicator_entry i USING (indicator_id)
LEFT JOIN (SELECT DISTINCT scale_no, scale FROM scale_word) w USING (scale_no)
LEFT JOIN scale_said s USING (scale)
LEFT JOIN implied e USING (comparability);

CREATE OR REPLACE TABLE meant_clause AS
SELECT c.class_no, c.clause, c.mapping_id, e.indicator_id, i.topic_id
FROM release.compact.read_clause c
LEFT JOIN crosswalk_entry e USING (mapping_id)
LEFT JOIN indicator_entry i USING (indicator_id);
