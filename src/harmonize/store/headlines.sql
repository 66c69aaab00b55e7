-- (`merged` holds the ids that only one of both still has, and what they became.)
-- What a steward wants to know first of the way from one release to another; every column is a sentence's end.
WITH standing_before AS (
    SELECT grant_id, any_value(audience) AS audience FROM before.main.consent_grant, (SELECT as_of FROM before.main.release)
    WHERE coalesce(valid_from <= as_of, true) AND coalesce(valid_to >= as_of, true) AND coalesce(revoked_on > as_of, true)
    GROUP BY grant_id
),
standing_after AS (
    SELECT grant_id, any_value(audience) AS audience FROM after.main.consent_grant, (SELECT as_of FROM after.main.release)
    WHERE coalesce(valid_from <= as_of, true) AND coalesce(valid_to >= as_of, true) AND coalesce(revoked_on > as_of, true)
    GROUP BY grant_id
),
paired_finding AS (
    SELECT b.finding_id AS old_id, a.finding_id AS new_id, b.status::VARCHAR AS old_status, a.status::VARCHAR AS new_status
    FROM before.main.finding b
    FULL JOIN after.main.finding a USING (finding_id)
)
SELECT
    (SELECT count(*) FROM after.main.facility ANTI JOIN before.main.facility USING (facility_id)
        WHERE facility_id NOT IN (SELECT old_id FROM before.main.facility_alias)
            AND facility_id NOT IN (FROM merged SELECT facility_id)) AS "factories new",
    (SELECT count(*) FROM before.main.facility b JOIN after.main.facility_alias n ON n.old_id = b.facility_id)
        AS "factories merged into others",
    (SELECT count(*) FROM after.main.facility a JOIN before.main.facility_alias n ON n.old_id = a.facility_id)
        AS "factories parted again",
    (SELECT count(*) FROM before.main.facility ANTI JOIN after.main.facility USING (facility_id)
        WHERE facility_id NOT IN (SELECT old_id FROM after.main.facility_alias)
            AND facility_id NOT IN (FROM merged SELECT facility_id)) AS "factories gone",
    (SELECT count(*) FROM after.main.assessment ANTI JOIN before.main.assessment USING (assessment_id)) AS "assessments new",
    (SELECT count(*) FROM before.main.assessment ANTI JOIN after.main.assessment USING (assessment_id)) AS "assessments gone",
    count(*) FILTER (old_id IS NULL AND new_status IS DISTINCT FROM 'closed') AS "findings new",
    count(*) FILTER (new_status = 'closed' AND old_status IS DISTINCT FROM 'closed') AS "findings closed",
    count(*) FILTER (old_status = 'closed' AND new_id IS NOT NULL AND new_status IS DISTINCT FROM 'closed')
        AS "findings open again",
    count(*) FILTER (new_id IS NULL) AS "findings gone",
    (SELECT count(*) FROM standing_after ANTI JOIN standing_before USING (grant_id)) AS "grants begun",
    (SELECT count(*) FROM standing_before ANTI JOIN standing_after USING (grant_id)) AS "grants ended",
    (SELECT count(*) FROM after.main.file ANTI JOIN before.main.file USING (file_id) WHERE status <> 'refused') AS "files new",
    (SELECT count(*) FROM before.main.file ANTI JOIN after.main.file USING (file_id)) AS "files gone",
    (SELECT count(*) FROM after.main.file ANTI JOIN (FROM before.main.file WHERE status = 'refused') USING (file_id)
        WHERE status = 'refused') AS "files refused",
    (SELECT count(*) FROM after.main.quarantine ANTI JOIN before.main.quarantine USING (issue_id)) AS "values withheld"
FROM paired_finding;
