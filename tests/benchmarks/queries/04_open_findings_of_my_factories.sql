-- What is still open at my 200 factories, the gravest and oldest first?
SELECT facility, instrument, indicator, severity, severity_raw, due_on, is_overdue, description
FROM v_open_findings
WHERE facility_id IN (SELECT facility_id FROM my_factory)
ORDER BY severity NULLS LAST, due_on NULLS LAST, finding_id;
