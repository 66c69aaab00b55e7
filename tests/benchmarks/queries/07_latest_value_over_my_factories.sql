-- What is the latest value of one quantity at each of my 200 factories?
SELECT facility, year, value_number, unit, verification
FROM v_metric_trend
WHERE indicator_id = $indicator AND facility_id IN (SELECT facility_id FROM my_factory)
QUALIFY row_number() OVER (PARTITION BY facility_id, unit ORDER BY year DESC) = 1
ORDER BY facility, unit;
