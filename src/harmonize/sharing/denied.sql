-- Which questions leave for nobody of some kinds of audiences, and why.
-- Reads: audience, shared_instrument, shared_question, shared_right and the tables of the rules (`withheld_class`, ...; the
--        classes stand in order of `class_no`). Writes: audience_kind, denied_class, withheld_question.

-- An audience that is told no names is of two kinds.
CREATE OR REPLACE TEMP TABLE audience_kind AS
SELECT audience_no, kind::VARCHAR AS kind FROM audience
UNION ALL
SELECT audience_no, 'unnamed' FROM audience WHERE NOT is_named;

-- From whom a class is withheld, of which instrument: not where a right of the instrument opens it.
CREATE OR REPLACE TEMP TABLE denied_class AS
SELECT c.class_no, c.class, d.kind, i.instrument
FROM withheld_class c
JOIN withheld_kind d USING (class_no)
CROSS JOIN shared_instrument i
LEFT JOIN shared_right r ON r.instrument = i.instrument
WHERE NOT (
        len(c.unless_right) > 0 AND r.instrument IS NOT NULL
        AND (r.derived_scores OR NOT list_contains(c.unless_right, 'derived_scores'))
        AND (r.public_use OR NOT list_contains(c.unless_right, 'public_use'))
        AND (r.cleared OR NOT list_contains(c.unless_right, 'cleared'))
    )
    AND (len(c.instruments) = 0 OR list_contains(c.instruments, i.instrument));

-- Questions that are withheld from a kind, and the first reason.
CREATE OR REPLACE TEMP TABLE withheld_question AS
WITH matched AS (
    SELECT q.*, w.class_no FROM shared_question q JOIN withheld_indicator w USING (indicator_id)
    UNION ALL
    SELECT q.*, p.class_no FROM shared_question q
    JOIN withheld_pattern p ON p.instrument = q.instrument AND lower(q.question_id) GLOB lower(p.pattern)
    UNION ALL
    SELECT q.*, c.class_no FROM shared_question q JOIN withheld_class c ON c.unmapped WHERE q.indicator_id = ''
)
SELECT d.kind, m.instrument, m.question_id, m.indicator_id, min(m.class_no) AS class_no, min_by(d.class, m.class_no) AS class
FROM matched m
JOIN denied_class d USING (class_no, instrument)
GROUP BY ALL;
