-- Which reports are one by their answers, the surest first; all others are left to people.
-- Reads: read_candidate, release.compact.likeness, copy_rule, copy_days, copy_confidence. Writes: copy_likeness, copy_link.

-- (Of several deliveries of a report the one that is most alike tells: the others may have been amended since.)
CREATE OR REPLACE TABLE copy_likeness AS
SELECT
    c.* EXCLUDE (content_a, content_b, file_a, file_b, signature_a, signature_b),
    k.compared,
    k.telling,
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
            WHEN NOT lacks_number THEN NULL
            WHEN days_apart = 0 AND may_be_alike AND (may_be_one_type OR is_alike) AND NOT other_assessor
                THEN 'factory_day'
            -- An announced visit and an unannounced one on days close by are two, however alike.
            WHEN other_assessor OR other_rating OR (other_announcement AND coalesce(days_apart > 0, true)) THEN NULL
            WHEN days_apart <= any_days AND (is_alike OR is_near) THEN 'answers'
            -- Two audits on different days that list the same findings may be an audit and its follow-up.
            WHEN days_apart <= most_days AND (CASE WHEN days_apart > full_days THEN is_surely_alike ELSE is_alike END)
                THEN 'answers'
            WHEN days_apart IS NULL AND NOT unknown_stage AND is_surely_alike THEN 'answers_undated'
        END AS kind
    FROM judged
),
-- What lacks a number joins none where two numbers are equally good.
two_ways AS (
    SELECT side
    FROM (
        SELECT
            side, number, round(agreement, 2) AS agreement, days_apart,
            rank() OVER (PARTITION BY side ORDER BY round(agreement, 2) DESC NULLS LAST, days_apart NULLS LAST) AS place
        FROM (
            SELECT *, unnest([key_a, key_b]) AS side, unnest([number_b, number_a]) AS number
            FROM linked
            WHERE kind IS NOT NULL AND lacks_number
        )
        WHERE number IS NOT NULL
    )
    WHERE place = 1
    GROUP BY side
    HAVING count(DISTINCT number) > 1
)
SELECT
    key_a, key_b, kind,
    CASE WHEN starts_with(kind, 'native_id') OR days_apart IS NULL THEN NULL ELSE greatest(most_days, any_days) END AS most_days
FROM linked l
JOIN copy_confidence f USING (kind)
WHERE NOT (lacks_number AND (key_a IN (FROM two_ways) OR key_b IN (FROM two_ways)))
ORDER BY f.confidence DESC, agreement DESC NULLS LAST, days_apart NULLS LAST, key_a, key_b;
