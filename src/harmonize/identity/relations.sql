-- Pairs of factories that belong together: `unit_of` says more than `same_company`, so no pair has both.
-- Reads `named` (names and addresses of every record, in the fields of `forms`, and whether any record of its factory names
-- a unit) and `stated` (factories by company).
WITH
-- Only names that several factories of a country share say anything, and only if one of them names a unit.
shared AS MATERIALIZED (
    SELECT country, core
    FROM named
    GROUP BY country, core
    HAVING count(DISTINCT cluster) > 1
        AND count(DISTINCT cluster) <= $most_sites
        AND bool_or(states_unit)
),

split AS (
    SELECT
        n.cluster,
        n.country,
        n.province,
        n.states_unit,
        list_filter(string_split(n.designators, chr(30)), d -> string_split(d, chr(29))[1] IN $unit_kinds) AS units,
        list_filter(string_split(n.address_designators, chr(30)), d -> string_split(d, chr(29))[1] IN $unit_kinds)
            AS buildings,
        list_filter(string_split(n.designators, chr(30)), d -> d LIKE 'branch' || chr(29) || '%') AS branches,
        string_split(n.words, chr(30)) AS words,
        list_filter(string_split(n.address_words, chr(30)), w -> w LIKE 'd%') AS streets,
        list_filter(string_split(n.numbers, chr(30)), x -> x <> '') AS numbers,
        list_filter(
            string_split(n.address_designators, chr(30)), d -> regexp_matches(d, '^plot' || chr(29) || '[a-z]$')
        ) AS plots
    FROM named AS n
    SEMI JOIN shared AS s ON s.country = n.country AND s.core = n.core
),

-- The proper name: its words in any order, without the place that a branch is named after. And where it stands: plot and
-- street without the number of the unit.
comparable AS MATERIALIZED (
    SELECT
        cluster,
        country,
        province,
        units,
        states_unit,
        len(branches) > 0 AS is_branch,
        list_sort(list_distinct(
            CASE WHEN len(branches) = 0 THEN words ELSE list_filter(words, w -> NOT list_contains(
                flatten(list_transform(
                    branches, d -> list_transform(string_split(string_split(d, chr(29))[2], ' '), p -> 'p' || p)
                )), w
            )) END
        )) AS name,
        CASE WHEN len(buildings) = 0 THEN numbers ELSE list_filter(
            numbers, x -> NOT list_contains(list_transform(buildings, d -> string_split(d, chr(29))[2]), x)
        ) END || plots AS numbers,
        list_sort(list_distinct(streets)) AS streets
    FROM split
),

-- One row per factory and name.
site AS (
    SELECT
        cluster,
        country,
        name,
        list_transform(flatten(list(units)), d -> string_split(d, chr(29))[2]) AS units,
        bool_or(is_branch) AS is_branch
    FROM comparable
    GROUP BY cluster, country, name
),

place AS MATERIALIZED (
    SELECT DISTINCT cluster, country, name, province, numbers, streets, states_unit
    FROM comparable
    WHERE len(numbers) > 0 AND len(streets) > 0
),

unit_of AS MATERIALIZED (
    SELECT DISTINCT u.cluster AS one, w.cluster AS other
    FROM place AS u
    JOIN place AS w
        ON w.country = u.country AND w.name = u.name AND w.numbers = u.numbers AND w.streets = u.streets
    WHERE u.states_unit
        AND NOT w.states_unit
        AND (u.province IS NULL OR w.province IS NULL OR u.province = w.province)
),

-- Sites that state the number of one company.
company AS (
    SELECT company, cluster
    FROM (SELECT DISTINCT company, cluster FROM stated)
    QUALIFY count(*) OVER (PARTITION BY company) <= $most_sites
),

same_company AS (
    SELECT a.cluster AS one, b.cluster AS other
    FROM company AS a
    JOIN company AS b ON b.company = a.company AND b.cluster > a.cluster
    UNION
    -- Two units of one name with no number in common, or a branch and what bears its name.
    SELECT a.cluster, b.cluster
    FROM site AS a
    JOIN site AS b ON b.country = a.country AND b.name = a.name AND b.cluster > a.cluster
    WHERE (len(a.units) > 0 AND len(b.units) > 0 AND NOT list_has_any(a.units, b.units))
        OR (a.is_branch AND len(b.units) = 0)
        OR (b.is_branch AND len(a.units) = 0)
)

SELECT one, other, 'unit_of' AS kind FROM unit_of
UNION ALL
SELECT s.one, s.other, 'same_company'
FROM same_company AS s
ANTI JOIN unit_of AS u ON least(u.one, u.other) = s.one AND greatest(u.one, u.other) = s.other
ORDER BY ALL
