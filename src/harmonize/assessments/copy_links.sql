-- Which reports are one by their answers, the surest first; all others are left to people.
-- Reads: read_candidate, release.compact.likeness, copy_rule, copy_days, copy_confidence. Writes: copy_likeness, copy_link.

-- (Of several deliveries of a report the one that is most alike tells: the others may have been amended since.)
CREATE OR REPLACE TABLE copy_likeness AS
SELECT
    c.* EXCLUDE (content_a, content_b, file_a, file_b, signature_a, signature_b),
    k.compared,
    k.telling,
    k.uncommon,
    CASE WHEN k.compared > 0 THEN round(k.agreeing / k.compared, 4) END AS agreement
FROM read_candidate c
JOIN release.compact.likeness k USING (content_a, signature_a, content_b, signature_b)
QUALIFY row_number() OVER (
    PARTITION BY c.key_a, c.key_b
    ORDER BY c.is_one_kind DESC, agreement DESC NULLS LAST, k.compared DESC, c.days_apart, c.content_a, c.content_b
) = 1;

CREATE OR REPLACE TABLE copy_link AS
WITH judged AS (
    SELECT
        l.*,
        coalesce(d.days, CASE WHEN l.unknown_stage THEN any_days ELSE full_days END) AS most_days,
        coalesce(agreement >= dated_agreement AND telling >= dated_telling, false) AS is_alike,
        coalesce(agreement >= undated_agreement AND telling >= undated_telling, false) AS is_surely_alike,
        coalesce(agreement >= near_agreement AND compared >= near_compared, false) AS is_near,
        -- The one says nothing that the other does not say, and enough of that in words: it is cut from it.
        uncommon = 0 AND telling >= dated_telling AS is_cut,
        -- Nothing was compared, or it does not speak against it.
        coalesce(agreement >= day_agreement OR compared < day_compared, true) AS may_be_alike,
        any_days,
        full_days
    FROM copy_likeness l
    CROSS JOIN copy_rule
    LEFT JOIN copy_days d USING (instrument)
    WHERE l.is_one_kind AND (l.same_stage OR l.unknown_stage) AND l.may_be_one_edition
),
linked AS (
    SELECT
        *,
        CASE
            WHEN same_native_id AND NOT unknown_stage AND is_alike THEN 'native_id_alike'
            WHEN same_number AND NOT same_native_id AND may_be_alike AND coalesce(days_apart <= any_days, true)
                THEN 'native_id_written_otherwise'
            -- An announced visit and an unannounced one are two, however alike and close by: a person may know better.
            WHEN NOT lacks_number OR other_announcement THEN NULL
            WHEN days_apart = 0 AND may_be_alike AND (may_be_one_type OR is_alike) AND NOT other_assessor
                THEN 'factory_day'
            WHEN other_assessor OR other_rating THEN NULL
            WHEN days_apart <= any_days AND (is_alike OR is_near OR (is_cut AND NOT unknown_stage)) THEN 'answers'
            -- Two audits on different days that list the same findings may be an audit and its follow-up.
            WHEN days_apart <= most_days AND (CASE WHEN days_apart > full_days THEN is_surely_alike ELSE is_alike END)
                THEN 'answers'
            WHEN days_apart IS NULL AND NOT unknown_stage AND is_surely_alike THEN 'answers_undated'
        END AS kind
    FROM judged
),
-- What lacks a number joins none where two numbers are equally good, and what states no announcement none where two are.
side AS (
    SELECT
        round(agreement, 2) AS agreement, days_apart, unnest([key_a, key_b]) AS side,
        unnest([number_b, number_a]) AS number, unnest([announced_b, announced_a]) AS announced
    FROM linked
    WHERE kind IS NOT NULL AND lacks_number
),
way AS (
    SELECT side, agreement, days_apart, 'number' AS told_by, number AS way FROM side WHERE number IS NOT NULL
    UNION ALL
    SELECT side, agreement, days_apart, 'announcement', announced FROM side WHERE announced IS NOT NULL
),
two_ways AS (
    SELECT side
    FROM (
        FROM way
        QUALIFY rank() OVER (PARTITION BY side, told_by ORDER BY agreement DESC NULLS LAST, days_apart NULLS LAST) = 1
    )
    GROUP BY side, told_by
    HAVING count(DISTINCT way) > 1
)
SELECT
    key_a, key_b, kind,
    CASE WHEN starts_with(kind, 'native_id') OR days_apart IS NULL THEN NULL ELSE greatest(most_days, any_days) END AS most_days
FROM linked l
JOIN copy_confidence f USING (kind)
WHERE NOT (lacks_number AND (key_a IN (FROM two_ways) OR key_b IN (FROM two_ways)))
ORDER BY f.confidence DESC, agreement DESC NULLS LAST, days_apart NULLS LAST, key_a, key_b;
