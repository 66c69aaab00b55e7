-- Which questions and clauses mean something else, and where their answers stand.
-- Reads: before and after (meant, meant_clause; both have the same classes), before.asking_file, stage.set_column.
-- Writes: changed_question, changed_clause, evaluated_column, evaluated_file.
CREATE OR REPLACE TABLE changed_question AS
SELECT DISTINCT instrument, question_id
FROM (
    (FROM before.meant EXCEPT FROM after.meant) UNION ALL (FROM after.meant EXCEPT FROM before.meant)
);

CREATE OR REPLACE TABLE changed_clause AS
SELECT DISTINCT class_no, clause
FROM (
    (FROM before.meant_clause EXCEPT FROM after.meant_clause)
    UNION ALL (FROM after.meant_clause EXCEPT FROM before.meant_clause)
);

-- A question is judged wherever its instrument asks it: of several deliveries only one answers it.
CREATE OR REPLACE TABLE evaluated_column AS
SELECT class_no, column_key FROM before.meant SEMI JOIN changed_question USING (instrument, question_id);

CREATE OR REPLACE TABLE evaluated_file AS
SELECT DISTINCT f.file_id
FROM before.asking_file f
JOIN (
    SELECT DISTINCT u.column_set_no, e.class_no FROM stage.set_column u JOIN evaluated_column e USING (column_key)
) s ON s.column_set_no = f.column_set_no AND list_contains(f.classes, s.class_no);
