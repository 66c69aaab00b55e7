-- Where do my 200 factories stand, topic by topic?
SELECT facility, pillar, topic, instrument, last_assessed_on, state, is_breach
FROM v_topic_matrix
WHERE facility_id IN (SELECT facility_id FROM my_factory)
ORDER BY facility, topic_id, instrument;
