-- Give every factory an id that it keeps.
-- Reads: holding (cluster, key), spare (cluster, key), minted (age, key, facility_id).
-- Writes: own, won, coming.

-- Per factory the keys that no other has. One that has none, or had its spare one before, has its spare key.
CREATE TEMP TABLE own AS
WITH single AS (
    SELECT min(cluster) AS cluster, key FROM holding GROUP BY key HAVING min(cluster) = max(cluster)
)
SELECT cluster, key FROM single
UNION ALL
SELECT s.cluster, s.key
FROM spare AS s
ANTI JOIN single AS k ON k.cluster = s.cluster AND k.key = s.key
WHERE s.cluster NOT IN (SELECT cluster FROM single) OR s.key IN (SELECT key FROM minted);

-- The ids of the ledger that are a factory's own, the oldest first (1). Of the parts of a divided factory, the one with
-- the oldest key of an id wins it.
CREATE TEMP TABLE won AS
WITH claim AS (
    SELECT m.facility_id, min({'age': m.age, 'cluster': o.cluster}).cluster AS cluster
    FROM own AS o
    JOIN minted AS m USING (key)
    GROUP BY m.facility_id
),
oldest AS (
    SELECT facility_id, min(age) AS age FROM minted GROUP BY facility_id
)
SELECT
    c.cluster, c.facility_id,
    row_number() OVER (PARTITION BY c.cluster ORDER BY o.age, c.facility_id) AS place
FROM claim AS c
JOIN oldest AS o USING (facility_id);

-- Factories without an id, by their first key: it makes one, the first sixty bits of its hash.
CREATE TEMP TABLE coming AS
SELECT cluster, min(key) AS key, ('0x' || left(sha256(min(key)), 16))::UBIGINT >> 4 AS number
FROM own
ANTI JOIN won USING (cluster)
GROUP BY cluster;
