-- Put the deliveries of each assessment into the order in which they win.
-- Reads: grouped_delivery. Writes: delivery_group.
CREATE OR REPLACE TABLE delivery_group AS
SELECT
    *,
    row_number() OVER (
        PARTITION BY group_key
        ORDER BY
            status_rank DESC,
            try_cast(updated_at AS TIMESTAMP) DESC NULLS LAST,
            received_at DESC NULLS LAST,
            contributor,
            path,
            locator
    ) AS delivery_rank,
    row_number() OVER (
        PARTITION BY group_key ORDER BY kind = 'transparency', received_at NULLS FIRST, contributor, path, locator
    ) AS delivery_order
FROM grouped_delivery;
