-- What has this factory been asked in any tool, and what did it answer?
SELECT instrument, assessed_on, indicator, question_id, state, value_text, value_number, unit, answered_by, verification
FROM v_answer
WHERE facility_id = $facility
ORDER BY assessed_on DESC, question_id;
