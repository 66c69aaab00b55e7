-- What is not closed at the factory; what is overdue first.
SELECT
    is_overdue, due_on, instrument, assessed_on, severity,
    coalesce(i.labels ->> getvariable('language'), indicator, clause_raw) AS matter, description, status, assessment_id
FROM v_open_findings
LEFT JOIN indicator i USING (indicator_id)
WHERE facility_id = $asked
ORDER BY is_overdue DESC NULLS LAST, due_on NULLS LAST, assessed_on DESC, finding_id
