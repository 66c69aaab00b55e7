-- What need I not audit again at this factory, and how old is what is known?
SELECT topic_id, indicator, state, instrument, assessed_on, verification, age_days, open_findings
FROM v_reuse
WHERE facility_id = $facility
ORDER BY topic_id, indicator;
