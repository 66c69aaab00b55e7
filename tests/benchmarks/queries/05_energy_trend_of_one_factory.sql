-- How did the energy that this factory uses change over the years?
SELECT year, indicator, value_number, unit, verification, series_breaks
FROM v_metric_trend
WHERE facility_id = $facility AND unit = 'MJ'
ORDER BY indicator, year;
