-- What the ids of every audience stand for in the steward's release: audience, id there, kind, id here.
SELECT a.audience, t.shared_id, t.kind, t.id
FROM (
    SELECT audience_no, shared_id, 'facility' AS kind, facility_id AS id FROM shared_facility
    UNION ALL
    SELECT audience_no, shared_id, 'assessment', assessment_id FROM shared_assessment
    UNION
    SELECT h.audience_no, c.copy_id, 'copy', h.copy_id
    FROM shared_header h
    JOIN made_copy c ON c.file_id = h.file_id AND c.assessment_no = h.assessment_no
    UNION
    SELECT m.audience_no, 'HM' || token(a.inner_key, a.outer_key, 'mention', m.file_id || '|' || m.locator), 'mention',
        m.mention_id
    FROM visible_mention m
    JOIN audience a USING (audience_no)
    UNION
    -- (Where the words that tell a finding were withheld, its id says nothing of the one here.)
    SELECT
        k.audience_no, k.finding_id, 'finding', 'HN' || upper(substr(sha256(k.assessment_id || '|' || f.identity), 1, 16))
    FROM finding_row f
    JOIN keyed_finding k
        ON k.plain_id = 'HN' || upper(substr(sha256(f.assessment_id || '|' || f.identity), 1, 16))
    UNION
    SELECT
        audience_no, finding_id, 'finding', 'HN' || upper(substr(sha256(assessment_id || '|answer|' || clause_raw), 1, 16))
    FROM keyed_finding
    WHERE made_from = 'answer'
    UNION
    SELECT audience_no, shared_file_id, 'file', content_file_id FROM shared_content
    UNION
    SELECT audience_no, shared_id, 'file', file_id FROM own_file
) t
JOIN audience a USING (audience_no)
ORDER BY ALL
