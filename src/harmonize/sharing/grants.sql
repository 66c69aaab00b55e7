-- What every row of the consent register is worth on a day, and which copies grants in force open to whom.
-- Reads: source (a steward's release), register_row, audience, bounded_instrument, signed_right.
-- Variables: judged_on, revoked_by.
-- Writes: registered_grant, judged_grant, opened_copy (by grant), covered_copy (the widest).

-- Rows of the register. Where one grant was delivered several times, the latest delivery holds, of one day the narrowest;
-- a revocation holds wherever it stands.
CREATE OR REPLACE TEMP TABLE registered_grant AS
WITH delivered AS (
    SELECT
        * EXCLUDE (instrument), lower(trim(instrument)) AS instrument, lower(trim(grant_id)) AS grant_key,
        lower(trim(audience)) AS audience_key
    FROM register_row
)
SELECT
    row_number() OVER (ORDER BY grant_id, file_id, locator)::INTEGER AS grant_no,
    * EXCLUDE (valid_from, valid_to, retention_until, revoked_on),
    max(valid_from) OVER same AS valid_from,
    min(valid_to) OVER same AS valid_to,
    min(retention_until) OVER same AS retention_until,
    min(revoked_on) OVER (PARTITION BY registrar, grant_key) AS revoked_on,
    received_at < max(received_at) OVER (PARTITION BY registrar, grant_key) AS is_outdated
FROM delivered
WINDOW same AS (
    PARTITION BY
        registrar, grant_key, received_at, audience_key, facility_scheme, identifier, instrument, assessment
);

-- Records that state themselves what a grant names.
CREATE OR REPLACE TEMP TABLE named_record AS
SELECT s.scheme, s.value, m.mention_id, m.facility_id, m.country, r.sure_group
FROM source.compact.stated_identifier s
JOIN source.facility_mention m USING (mention_id)
JOIN source.compact.sure_record r USING (mention_id)
WHERE s.valid AND (s.scheme, s.value) IN (SELECT (facility_scheme, identifier) FROM registered_grant);

-- What a grant names: one factory, several or none. (As for linking records, an OS ID on a record of another country and
-- an identifier on records of two are doubtful: whose they are nobody knows.)
CREATE OR REPLACE TEMP TABLE named_factory AS
SELECT
    scheme, value, min(facility_id) AS facility_id, count(DISTINCT facility_id) AS factories,
    count(DISTINCT nullif(trim(country), '')) AS countries,
    scheme = 'os_id' AND bool_or(nullif(trim(country), '') <> left(value, 2)) AS is_elsewhere
FROM named_record
GROUP BY scheme, value;

-- Which instruments a grant may open, by what its signatory may grant.
CREATE OR REPLACE TEMP TABLE granted_instrument AS
SELECT
    g.grant_no, r.instrument, r.who_may_grant,
    r.who_may_grant <> 'nobody' AND coalesce(s.may, true) AS may,
    g.assessment = '*' AND g.valid_to IS NULL AND r.instrument IN (SELECT instrument FROM bounded_instrument) AS needs_an_end
FROM registered_grant g
JOIN source.instrument_rights r ON g.instrument IN ('*', r.instrument)
LEFT JOIN signed_right s ON s.signatory_role = g.signatory_role AND s.who_may_grant = r.who_may_grant;

CREATE OR REPLACE TEMP TABLE judged_grant AS
WITH known_audience AS (
    SELECT lower(trim(audience)) AS audience_key, min(audience_no) AS audience_no FROM audience GROUP BY 1
),
righted AS (
    SELECT
        grant_no, bool_or(may AND NOT needs_an_end) AS opens, bool_or(may AND needs_an_end) AS needs_an_end,
        bool_or(NOT may AND who_may_grant <> 'nobody') AS is_bound, string_agg(DISTINCT who_may_grant, ', ' ORDER BY who_may_grant) AS who_may_grant,
        string_agg(DISTINCT instrument, ', ' ORDER BY instrument) FILTER (may AND needs_an_end) AS without_end
    FROM granted_instrument
    GROUP BY grant_no
),
dated AS (
    SELECT
        g.*, a.audience_no, f.facility_id, f.factories, f.countries, f.is_elsewhere, r.* EXCLUDE (grant_no),
        getvariable('judged_on') AS judged_on,
        least(g.valid_to, g.retention_until) AS ends_on,
        coalesce(least(g.valid_to, g.retention_until, g.revoked_on - 1), DATE '9999-12-31') AS until,
        list_position(['summary', 'findings', 'answers', 'full'], g.scope)::INTEGER AS scope_rank
    FROM registered_grant g
    LEFT JOIN known_audience a USING (audience_key)
    LEFT JOIN named_factory f ON f.scheme = g.facility_scheme AND f.value = g.identifier
    LEFT JOIN righted r USING (grant_no)
),
judged AS (
    SELECT
        *,
        CASE
            WHEN revoked_on <= getvariable('revoked_by') THEN 'revoked'
            WHEN is_outdated OR ends_on < judged_on THEN 'ended'
            WHEN valid_from > judged_on THEN 'not_yet'
            WHEN audience_no IS NULL THEN 'unknown_audience'
            WHEN needs_an_end AND NOT opens THEN 'needs_an_end'
            WHEN opens IS NOT TRUE OR scope_rank IS NULL THEN 'no_right'
            WHEN facility_id IS NULL OR is_elsewhere THEN 'names_no_factory'
            WHEN factories > 1 OR countries > 1 THEN 'names_several_factories'
            ELSE 'in_force'
        END AS standing
    FROM dated
)
SELECT
    grant_no, grant_id, audience, audience_no,
    CASE WHEN factories = 1 AND countries <= 1 AND NOT is_elsewhere THEN facility_id END AS facility_id,
    instrument, assessment, scope, scope_rank, valid_from, until, revoked_on, standing,
    CASE standing
        WHEN 'revoked' THEN concat('It was revoked on ', revoked_on, '.')
        WHEN 'ended' THEN
            CASE
                WHEN is_outdated THEN 'A later delivery of the register writes this grant anew.'
                WHEN valid_to < judged_on THEN concat('It ended on ', valid_to, '.')
                ELSE concat('It could be kept until ', retention_until, '.')
            END
        WHEN 'not_yet' THEN concat('It begins on ', valid_from, '.')
        WHEN 'unknown_audience' THEN concat('No audience is called ', trim(audience), '; see pipelines/audiences.yml.')
        WHEN 'needs_an_end' THEN
            concat('A grant of all assessments of ', without_end, ' needs an end; fill in valid_to.')
        WHEN 'no_right' THEN
            CASE
                WHEN scope_rank IS NULL THEN concat('The scope ', scope, ' is none; correct it.')
                WHEN who_may_grant IS NULL THEN concat('No instrument is called ', instrument, '; correct it.')
                WHEN who_may_grant = 'nobody' THEN concat('Nobody may grant ', instrument, '.')
                ELSE concat(
                    'Of ', CASE instrument WHEN '*' THEN 'these instruments' ELSE instrument END, ' only the ', who_may_grant,
                    ' may grant, and it was signed as ', signatory_role, '.'
                )
            END
        WHEN 'names_no_factory' THEN
            CASE
                WHEN is_elsewhere
                    THEN concat(facility_scheme, ' ', facility_value, ' stands on a record of another country.')
                ELSE concat('No record states the ', facility_scheme, ' ', facility_value, '.')
            END
        WHEN 'names_several_factories' THEN
            concat(
                facility_scheme, ' ', facility_value, ' stands on records of ',
                CASE WHEN factories > 1 THEN concat(factories, ' factories') ELSE concat(countries, ' countries') END,
                '; name the factory by an identifier of its own.'
            )
        ELSE concat_ws(
            ' ',
            CASE until WHEN DATE '9999-12-31' THEN 'It holds without an end.' ELSE concat('It holds until ', until, '.') END,
            CASE WHEN without_end IS NOT NULL THEN concat('It does not open ', without_end, ', which needs an end.') END,
            CASE
                WHEN is_bound AND signatory_role IS NOT NULL
                    THEN concat('It opens only what the ', signatory_role, ' may grant.')
                WHEN signatory_role IS NULL THEN 'No signatory is stated; the registrar vouches for it.'
            END
        )
    END AS reason
FROM judged
ORDER BY grant_no;

-- Copies whose own record is surely of a factory that a grant names.
CREATE OR REPLACE TEMP TABLE named_copy AS
SELECT c.copy_id, c.assessment_id, a.instrument, c.native_id, e.evidence, r.sure_group, h.published, h.delivery_rank
FROM source.assessment_copy c
JOIN source.assessment a USING (assessment_id)
JOIN source.compact.stated_header h USING (copy_id)
JOIN source.file f ON f.file_id = c.file_id
-- (Of byte-identical files one is loaded, and its records are those of all.)
JOIN source.facility_mention m ON m.file_id = coalesce(f.duplicate_of, f.file_id) AND m.locator = c.locator
JOIN source.compact.sure_record r ON r.mention_id = m.mention_id
JOIN source.compact.copy_evidence e ON e.copy_id = c.copy_id
WHERE r.sure_group IN (SELECT sure_group FROM named_record);

-- A grant of one assessment opens the copies that print its number, and those that are surely the same report: by number,
-- by cycle, day and type, or because a person said so; never because their answers are alike. Where of the copies that an
-- audience reaches the one that wins is not published, none is open to it: what others hold back beside them is not asked.
CREATE OR REPLACE TEMP TABLE opened_copy AS
WITH named_group AS (
    SELECT DISTINCT scheme, value, sure_group FROM named_record
),
reached AS (
    SELECT
        j.audience_no, c.copy_id, c.assessment_id, c.published, c.delivery_rank, j.scope_rank, j.until, j.grant_id, j.grant_no,
        g.assessment = '*' OR coalesce(c.native_id = g.assessment, false) AS is_named,
        bool_or(coalesce(c.native_id = g.assessment, false)) OVER (PARTITION BY j.grant_no, c.assessment_id)
            AND c.evidence IN (
                'native_id', 'native_id_alike', 'native_id_written_otherwise', 'factory_cycle_day', 'factory_day_type', 'decision'
            ) AS is_same_report
    FROM judged_grant j
    JOIN registered_grant g USING (grant_no)
    JOIN named_group n ON n.scheme = g.facility_scheme AND n.value = g.identifier
    JOIN named_copy c USING (sure_group)
    JOIN granted_instrument r
        ON r.grant_no = j.grant_no AND r.instrument = c.instrument AND r.may AND NOT r.needs_an_end
    WHERE j.standing = 'in_force'
),
standing AS (
    SELECT audience_no, assessment_id
    FROM reached
    WHERE is_named OR is_same_report
    GROUP BY ALL
    HAVING arg_min(published, delivery_rank)
)
SELECT audience_no, copy_id, assessment_id, scope_rank, until, grant_id, grant_no
FROM reached
SEMI JOIN standing USING (audience_no, assessment_id)
WHERE is_named OR is_same_report;

CREATE OR REPLACE TEMP TABLE covered_copy AS
SELECT * EXCLUDE (grant_no)
FROM opened_copy
QUALIFY row_number() OVER (PARTITION BY audience_no, copy_id ORDER BY scope_rank DESC, until DESC, grant_id, grant_no) = 1
ORDER BY audience_no, assessment_id, copy_id;
