-- What leaves for nobody of some kinds, question by question where that is enough. Reads the temp tables of the joint core
-- (`audience`, `shared_answer`, ...) and those of the rules (`withheld_class`, ...); the classes stand in order of `class_no`.

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
CROSS JOIN (SELECT DISTINCT instrument FROM shared_answer UNION SELECT DISTINCT instrument FROM shared_finding
    UNION SELECT DISTINCT instrument FROM shared_header) i
LEFT JOIN shared_right r ON r.instrument = i.instrument
WHERE NOT (
        len(c.unless_right) > 0 AND r.instrument IS NOT NULL
        AND (r.derived_scores OR NOT list_contains(c.unless_right, 'derived_scores'))
        AND (r.public_use OR NOT list_contains(c.unless_right, 'public_use'))
        AND (r.cleared OR NOT list_contains(c.unless_right, 'cleared'))
    )
    AND (len(c.instruments) = 0 OR list_contains(c.instruments, i.instrument));

CREATE OR REPLACE TEMP TABLE shared_question AS
SELECT instrument, question_id, coalesce(indicator_id, '') AS indicator_id, any_value(mapping_id) AS mapping_id
FROM shared_answer
WHERE NOT is_own
GROUP BY ALL;

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

CREATE OR REPLACE TEMP TABLE withheld_answer AS
WITH matched AS (
    SELECT a.audience_no, a.answer_no, w.class_no
    FROM shared_answer a
    JOIN audience_kind k USING (audience_no)
    JOIN withheld_question w
        ON w.kind = k.kind AND w.instrument = a.instrument AND w.question_id = a.question_id
        AND w.indicator_id = coalesce(a.indicator_id, '')
    WHERE NOT a.is_own
    UNION ALL
    SELECT a.audience_no, a.answer_no, d.class_no
    FROM shared_answer a
    JOIN withheld_state t ON t.state = a.state::VARCHAR
    JOIN audience_kind k USING (audience_no)
    JOIN denied_class d ON d.class_no = t.class_no AND d.kind = k.kind AND d.instrument = a.instrument
    WHERE NOT a.is_own
)
SELECT m.audience_no, m.answer_no, c.class, 'row' AS effect
FROM (SELECT audience_no, answer_no, min(class_no) AS class_no FROM matched GROUP BY ALL) m
JOIN withheld_class c USING (class_no);
