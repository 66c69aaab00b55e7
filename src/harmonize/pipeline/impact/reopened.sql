-- What was taken in for a release, and how its deliveries were grouped, as the release and the stage tell it.
-- Reads: released, staged_mention. Writes: inbox_file, mention, link.
CREATE OR REPLACE TABLE inbox_file AS
SELECT
    file_id, content_id, path, contributor, instrument, received_at, duplicate_of,
    CASE WHEN status = 'loaded_with_issues' THEN 'loaded' ELSE status::VARCHAR END AS status
FROM released.file;

CREATE OR REPLACE TABLE mention AS
SELECT r.mention_id, m.*
FROM staged_mention m
JOIN released.facility_mention r USING (file_id, locator);

CREATE OR REPLACE TABLE link AS SELECT mention_id, facility_id, decision_key FROM released.facility_mention;
