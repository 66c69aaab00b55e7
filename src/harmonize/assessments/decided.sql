-- The deliveries that decisions of people name. A delivery has several keys, from one that all copies of its report share
-- to one that is its file's alone.
-- Reads: known_delivery, copy_decision. Writes: decided_delivery.
CREATE OR REPLACE TABLE decided_delivery AS
WITH named AS (
    SELECT
        file_id, assessment_no, known_key, facility_id,
        unnest([
            shared_key, contributor || '|' || shared_key, contributor || '|' || shared_key || '|' || coalesce(assessed_on::VARCHAR, ''),
            'file|' || content_id || '|' || locator
        ]) AS key
    FROM known_delivery
)
SELECT DISTINCT d.decision_no, d.side, n.facility_id, n.known_key, n.file_id, n.assessment_no
FROM (
    SELECT decision_no, unnest(['a', 'b']) AS side, unnest([key_a, key_b]) AS key FROM copy_decision
) d
JOIN named n USING (key)
ORDER BY ALL;
