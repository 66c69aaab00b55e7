-- Withheld cells that only their contributor can correct, and refused files.
-- Reads: a steward's release, review_withheld, value_code.
SELECT
    contributor, instrument, code, value, cells, places, message, hint, assessments, audiences, false AS is_file, '' AS content_id
FROM review_withheld
WHERE code NOT IN (SELECT code FROM value_code) OR value = ''
UNION ALL
SELECT
    f.contributor, coalesce(f.instrument, ''), i.code, coalesce(i.value, ''), 0, [f.path], i.message, i.hint, 0, 0, true, f.content_id
FROM file f
JOIN issue i ON i.file_id = f.file_id AND i.severity = 'error'
WHERE f.status = 'refused'
ORDER BY ALL
