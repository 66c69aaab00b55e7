-- What no audience is told: how sure a copy is one, what a steward should look at, and that others were given other words.
-- Reads: made_copy, opened_copy, source, audience. Writes: sure_copy, made_doubt, made_difference, audience_grant, withheld_count,
--        release.conflict.
CREATE OR REPLACE TABLE sure_copy AS
SELECT
    copy_id, assessment_id, wins, evidence AS kind, NULL::VARCHAR AS evidence, 1.0 AS confidence, NULL::DOUBLE AS agreement,
    NULL::BIGINT AS compared
FROM made_copy;

CREATE OR REPLACE TABLE made_doubt AS FROM release.doubtful_copy WHERE false;
CREATE OR REPLACE TABLE made_difference AS FROM release.report_difference WHERE false;

DELETE FROM release.conflict WHERE copy_id NOT IN (SELECT copy_id FROM made_copy WHERE contributor <> 'granted');

-- The grants of an audience that open something for it; what they name in words that it may have. (That one names a factory of
-- which it sees something by another one may be what likeness says of a record that is not its.)
CREATE OR REPLACE TABLE audience_grant AS
SELECT
    j.audience_no,
    r.* EXCLUDE (grant_no, registrar, received_at, grant_key, audience_key, is_outdated) REPLACE (
        CASE WHEN n.is_told THEN r.facility_scheme ELSE 'facility_id' END AS facility_scheme,
        CASE WHEN n.is_told THEN r.facility_value ELSE f.shared_id END AS facility_value,
        CASE WHEN n.is_told THEN r.identifier ELSE f.shared_id END AS identifier,
        CASE WHEN r.assessment = '*' THEN '*' ELSE coalesce(s.shared_id, 'one report') END AS assessment,
        -- (A person's name; who is told no names gets none by any word of the register either.)
        NULL::VARCHAR AS granted_by,
        CASE WHEN a.is_named THEN r.signatory_role END AS signatory_role,
        CASE WHEN a.is_named THEN r.purpose END AS purpose
    ),
    a.is_named, r.granted_by IS NOT NULL OR (NOT a.is_named AND coalesce(r.signatory_role, r.purpose) IS NOT NULL) AS is_emptied
FROM judged_grant j
JOIN registered_grant r USING (grant_no)
JOIN audience a ON a.audience_no = j.audience_no
JOIN shared_facility f ON f.audience_no = j.audience_no AND f.facility_id = j.facility_id
CROSS JOIN LATERAL (SELECT a.is_named AND r.facility_scheme IN ('os_id', 'tax_code') AS is_told) n
LEFT JOIN (
    SELECT s.audience_no, s.facility_id, t.native_id, min(s.shared_id) AS shared_id
    FROM shared_assessment s
    JOIN shared_header t USING (audience_no, assessment_id)
    GROUP BY ALL
) s ON s.audience_no = j.audience_no AND s.facility_id = j.facility_id AND s.native_id = r.assessment
WHERE j.standing = 'in_force' AND j.grant_no IN (SELECT grant_no FROM opened_copy);

INSERT INTO withheld_count
SELECT g.audience_no, c.class, c.rule, 'consent_grant', count(*)
FROM audience_grant g
JOIN withheld_class c ON c.class = CASE WHEN g.is_named THEN 'personal' ELSE 'unnamed' END
WHERE g.is_emptied
GROUP BY ALL;
ALTER TABLE audience_grant DROP is_named;
ALTER TABLE audience_grant DROP is_emptied;
