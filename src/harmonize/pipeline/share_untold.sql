-- What no audience is told: how sure a copy is one, what a steward should look at, and that others were given other words.
-- Reads: made_copy, source, audience. Writes: sure_copy, made_doubt, made_difference, audience_grant, release.conflict.
CREATE OR REPLACE TABLE sure_copy AS
SELECT
    copy_id, assessment_id, wins, evidence AS kind, NULL::VARCHAR AS evidence, 1.0 AS confidence, NULL::DOUBLE AS agreement,
    NULL::BIGINT AS compared
FROM made_copy;

CREATE OR REPLACE TABLE made_doubt AS FROM release.doubtful_copy WHERE false;
CREATE OR REPLACE TABLE made_difference AS FROM release.report_difference WHERE false;

DELETE FROM release.conflict WHERE copy_id NOT IN (SELECT copy_id FROM made_copy WHERE contributor <> 'granted');

CREATE OR REPLACE TABLE audience_grant AS
SELECT a.audience_no, g.*
FROM source.consent_grant g
JOIN audience a ON lower(trim(a.audience)) = lower(trim(g.audience));
