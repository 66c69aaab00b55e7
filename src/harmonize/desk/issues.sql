-- How often each code was raised.
SELECT severity, code, count(*) AS count FROM issue GROUP BY ALL ORDER BY severity, count DESC, code
