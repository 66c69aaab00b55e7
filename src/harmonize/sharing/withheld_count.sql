-- How much was withheld, by audience and class: rows and values, never which.
CREATE OR REPLACE TEMP TABLE withheld_score AS
SELECT k.audience_no, d.instrument, min_by(d.class, d.class_no) AS class
FROM audience_kind k
JOIN denied_class d USING (kind)
JOIN withheld_class c ON c.class_no = d.class_no AND list_contains(c.columns, 'score')
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE withheld_count AS
WITH withheld AS (
    SELECT audience_no, class, 'answer' AS table_name, count(*) AS rows FROM withheld_answer GROUP BY ALL
    UNION ALL
    SELECT w.audience_no, c.class, 'finding', count(*) FROM withheld_finding w JOIN withheld_class c USING (class_no) GROUP BY ALL
    UNION ALL
    SELECT audience_no, CASE WHEN NOT is_withheld THEN 'personal' WHEN is_unnamed THEN 'unnamed' ELSE 'sensitive_text' END,
        'finding', count(DISTINCT row_no)
    FROM judged_finding GROUP BY ALL
    UNION ALL
    SELECT audience_no, class, 'assessment', count(*)
    FROM (SELECT audience_no, unnest(list_distinct([no_score, no_rating, no_assessor])) AS class FROM withheld_header)
    WHERE class IS NOT NULL
    GROUP BY ALL
    UNION ALL
    SELECT audience_no, CASE WHEN is_unnamed THEN 'unnamed' WHEN no_workers THEN 'small_count' ELSE 'personal' END,
        'facility_mention', count(*)
    FROM withheld_mention GROUP BY ALL
)
SELECT w.audience_no, w.class, c.rule, w.table_name, sum(w.rows)::BIGINT AS rows
FROM withheld w
JOIN withheld_class c USING (class)
GROUP BY ALL
ORDER BY ALL;
