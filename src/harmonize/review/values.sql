-- Words that no list of known words reads, by instrument.
-- Reads: review_withheld, value_code.
SELECT
    instrument, code, value, sum(cells)::BIGINT AS cells, flatten(list(places ORDER BY contributor))[:3] AS places,
    string_agg(DISTINCT contributor, ', ' ORDER BY contributor) AS contributors, any_value(message) AS message,
    any_value(hint) AS hint, sum(assessments)::BIGINT AS assessments, max(audiences) AS audiences
FROM review_withheld
WHERE code IN (SELECT code FROM value_code) AND value <> ''
GROUP BY instrument, code, value
ORDER BY ALL
