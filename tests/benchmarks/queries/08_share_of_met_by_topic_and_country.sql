-- In each country, what share of the factories meets each topic?
SELECT country, topic, count(*) AS factories, avg(CAST(state = 'met' AS INTEGER)) AS share_met
FROM v_topic_matrix
WHERE state IN ('met', 'partly_met', 'not_met')
GROUP BY country, topic
ORDER BY country, topic;
