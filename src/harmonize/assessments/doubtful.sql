-- How sure it is that every delivery is of its assessment, and what a steward should look at: reports apart that may be one,
-- and merged ones of which much differs.
-- Reads: made_copy, made_assessment, finding_row, grouped_delivery, minted_assessment, copy_likeness, decided_apart, copy_rule,
--        copy_days, copy_confidence, copy_doubt, release.compact.agreement.
-- Writes: copy_agreement, sure_copy, made_doubt.

-- What a delivery states that the winning ones state too: answers as they were compared when they were made, findings here.
CREATE OR REPLACE TABLE copy_agreement AS
WITH content AS (
    SELECT assessment_id, content_file_id, assessment_no, bool_or(wins) AS wins
    FROM made_copy
    WHERE is_repeated AND published
    GROUP BY ALL
),
matter AS (
    SELECT DISTINCT
        f.assessment_id, f.file_id AS content_file_id, f.assessment_no,
        hash(
            lower(coalesce(f.clause, '')),
            regexp_replace(lower(nfc_normalize(coalesce(f.description, ''))), '[^\p{L}\p{M}\p{N}]+', '', 'g')
        ) AS line
    FROM finding_row f
    SEMI JOIN content c ON c.assessment_id = f.assessment_id
),
winning AS (
    SELECT m.assessment_id, m.line FROM matter m JOIN content c USING (assessment_id, content_file_id, assessment_no) WHERE c.wins
),
listed AS (
    SELECT
        c.assessment_id, c.content_file_id, c.assessment_no, count(m.line) AS findings, count(w.line) AS common
    FROM content c
    LEFT JOIN matter m USING (assessment_id, content_file_id, assessment_no)
    LEFT JOIN winning w ON w.assessment_id = c.assessment_id AND w.line = m.line
    WHERE NOT c.wins
    GROUP BY ALL
),
counted AS (
    SELECT
        l.assessment_id, l.content_file_id, l.assessment_no,
        l.findings + coalesce(w.findings, 0) - l.common AS compared, l.common AS agreeing
    FROM listed l
    LEFT JOIN (SELECT assessment_id, count(*) AS findings FROM winning GROUP BY assessment_id) w USING (assessment_id)
    UNION ALL
    SELECT c.assessment_id, c.content_file_id, c.assessment_no, g.compared, g.agreeing
    FROM release.compact.agreement g
    JOIN made_copy c USING (assessment_id, copy_id)
)
SELECT
    assessment_id, content_file_id, assessment_no, sum(compared)::BIGINT AS compared,
    round(sum(agreeing) / nullif(sum(compared), 0), 4) AS agreement
FROM counted
GROUP BY ALL
HAVING sum(compared) > 0;

CREATE OR REPLACE TABLE sure_copy AS
SELECT
    c.copy_id, c.assessment_id, c.wins, c.evidence AS kind, c.assessed_on, c.status, f.words AS evidence, g.compared, g.agreement,
    coalesce(g.agreement < r.differing_agreement AND g.compared >= r.differing_compared, false) AS differs,
    CASE
        WHEN NOT c.is_repeated THEN 1.0
        WHEN g.agreement < r.differing_agreement AND g.compared >= r.differing_compared
            THEN coalesce(f.differing, f.confidence)
        ELSE f.confidence
    END AS confidence
FROM made_copy c
JOIN copy_confidence f ON f.kind = c.evidence
CROSS JOIN copy_rule r
LEFT JOIN copy_agreement g USING (assessment_id, content_file_id, assessment_no);

CREATE OR REPLACE TABLE made_doubt AS
WITH known AS (
    SELECT DISTINCT g.known_key, n.assessment_id
    FROM grouped_delivery g
    JOIN minted_assessment n USING (group_key)
),
apart AS (
    SELECT
        x.assessment_id AS assessment_a, y.assessment_id AS assessment_b, l.days_apart, l.compared, l.agreement,
        CASE
            WHEN NOT l.same_stage AND NOT l.unknown_stage AND NOT l.same_native_id THEN NULL
            WHEN NOT l.is_one_kind THEN CASE
                WHEN l.agreement >= review_agreement AND l.telling >= dated_telling THEN 'across_kinds'
            END
            -- (Systems give a number again; of answers that are all others it is another report.)
            WHEN l.same_native_id AND l.days_apart > reused_days THEN CASE
                WHEN coalesce(l.agreement, 1) > 0 THEN 'number_reused'
            END
            WHEN l.same_native_id THEN 'number_same'
            WHEN l.same_number THEN 'number_alike'
            WHEN l.nearly_same_number AND (l.days_apart = 0 OR l.agreement >= review_agreement) THEN 'number_alike'
            WHEN l.lacks_number AND l.days_apart = 0 THEN 'same_day'
            -- (Nobody audits a factory twice with one instrument within days: it may be typed anew.)
            WHEN l.lacks_number AND l.days_apart <= any_days AND l.compared >= day_compared AND l.agreement >= day_agreement
                AND NOT l.other_assessor THEN 'same_day'
            WHEN l.compared < review_compared OR l.agreement < review_agreement OR l.agreement IS NULL THEN NULL
            WHEN l.days_apart IS NULL THEN 'undated_alike'
            WHEN l.days_apart <= review_days OR l.same_native_id THEN 'answers_alike'
        END AS kind
    FROM copy_likeness l
    CROSS JOIN copy_rule
    JOIN known x ON x.known_key = l.key_a
    JOIN known y ON y.known_key = l.key_b
    -- What a person held apart is no doubt any more.
    ANTI JOIN decided_apart d
        ON least(d.key_a, d.key_b) = least(l.key_a, l.key_b) AND greatest(d.key_a, d.key_b) = greatest(l.key_a, l.key_b)
    WHERE x.assessment_id <> y.assessment_id
),
-- Of several deliveries of the two the one that is most alike tells.
told AS (
    SELECT
        least(a.assessment_a, a.assessment_b) AS one, greatest(a.assessment_a, a.assessment_b) AS other, a.*, d.words,
        d.confidence
    FROM apart a
    JOIN copy_doubt d USING (kind)
    JOIN made_assessment s ON s.assessment_id = a.assessment_a
    JOIN made_assessment t ON t.assessment_id = a.assessment_b
    WHERE s.verified_of IS DISTINCT FROM t.assessment_id AND t.verified_of IS DISTINCT FROM s.assessment_id
    QUALIFY row_number() OVER (
        PARTITION BY one, other ORDER BY d.confidence DESC, a.agreement DESC NULLS LAST, a.days_apart, a.compared
    ) = 1
)
SELECT
    m.facility_id, m.instrument, t.one AS assessment_a, x.copy_id AS copy_a, t.other AS assessment_b, y.copy_id AS copy_b,
    'apart' AS stands, t.words AS evidence, t.days_apart, t.compared, t.agreement, t.confidence
FROM told t
JOIN sure_copy x ON x.assessment_id = t.one AND x.wins
JOIN sure_copy y ON y.assessment_id = t.other AND y.wins
JOIN made_assessment m ON m.assessment_id = t.one
UNION ALL
SELECT
    m.facility_id, m.instrument, w.assessment_id, w.copy_id, c.assessment_id, c.copy_id, 'merged',
    c.evidence || CASE WHEN c.differs THEN '; much differs' ELSE '; days far apart' END,
    abs(date_diff('day', w.assessed_on, c.assessed_on)), c.compared, c.agreement, c.confidence
FROM sure_copy c
JOIN sure_copy w ON w.assessment_id = c.assessment_id AND w.wins
JOIN made_assessment m ON m.assessment_id = c.assessment_id
CROSS JOIN copy_rule
LEFT JOIN copy_days d ON d.instrument = m.instrument
WHERE NOT c.wins AND c.kind <> 'decision' AND w.kind <> 'decision'
    -- (A platform's assessment is dated again when it is verified.)
    AND (c.differs OR (c.status IS NULL AND abs(date_diff('day', w.assessed_on, c.assessed_on)) > coalesce(d.days, review_days)));
