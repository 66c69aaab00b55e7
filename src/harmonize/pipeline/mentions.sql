-- Every facility mention with its id, contributor and instrument.
SELECT
    'HM' || upper(substr(sha256(m.file_id || '|' || m.locator), 1, 16)) AS mention_id,
    m.*,
    f.contributor,
    f.instrument
FROM staged_mention m
JOIN inbox_file f USING (file_id)
ORDER BY mention_id
