-- Pairs of profiles worth comparing. Input: block_key(profile, country, key), one row per profile and key.
-- A key that many profiles of a country share tells nothing and is passed over; what remains weighs by its rarity.
with rare_key as (
    select country, key, ln(1 + $profiles / count(*)) as weight
    from block_key
    group by country, key
    having count(*) between 2 and $largest_block
),
shared_key as (
    select one.profile as one, other.profile as other, rare_key.weight
    from rare_key
    join block_key as one on one.country = rare_key.country and one.key = rare_key.key
    join block_key as other on other.country = one.country and other.key = one.key and other.profile > one.profile
),
weighed_pair as (
    select one, other, round(sum(weight), 6) as weight
    from shared_key
    group by one, other
),
ranked_pair as (
    select
        one,
        other,
        row_number() over (partition by one order by weight desc, other) as rank_for_one,
        row_number() over (partition by other order by weight desc, one) as rank_for_other
    from weighed_pair
)
select one, other
from ranked_pair
where rank_for_one <= $candidates or rank_for_other <= $candidates
order by one, other
