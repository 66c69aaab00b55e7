-- Findings get ids by the keys of their audience: what they are made of (numbers, clauses, words) cannot be tried out.
-- Reads: shared_assessment, audience. Writes: keyed_finding, made_finding, made_action.
CREATE OR REPLACE TABLE keyed_finding AS
SELECT
    s.audience_no, n.finding_id AS plain_id, n.clause_raw, n.made_from, s.assessment_id,
    'HN' || token(a.inner_key, a.outer_key, 'finding', n.finding_id)[:16] AS finding_id
FROM made_finding n
JOIN shared_assessment s ON s.shared_id = n.assessment_id
JOIN audience a USING (audience_no);

UPDATE made_finding n SET finding_id = k.finding_id FROM keyed_finding k WHERE k.plain_id = n.finding_id;

UPDATE made_action n
SET
    finding_id = k.finding_id,
    action_id = CASE
        WHEN n.action_id = 'HX' || upper(substr(sha256(n.finding_id || '|' || coalesce(n.action, '')), 1, 16))
            THEN 'HX' || upper(substr(sha256(k.finding_id || '|' || coalesce(n.action, '')), 1, 16))
        ELSE n.action_id
    END
FROM keyed_finding k
WHERE k.plain_id = n.finding_id;
