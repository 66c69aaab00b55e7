-- Free texts: what needs a review, and what is masked. `flagged_text(text, masked, has_word)` holds the texts in which something
-- is masked or a sensitive word stands; all others are as they are.
-- What of a text leaves: nothing where it may not, else with persons masked.
CREATE OR REPLACE TEMP MACRO told(text, masked, is_withheld) AS
    CASE WHEN NOT is_withheld THEN coalesce(masked, text) END;

CREATE OR REPLACE TEMP TABLE text_audience AS
SELECT audience_no,
    bool_or(kind = 'unnamed') AS is_unnamed,
    bool_or(kind IN (SELECT kind FROM denied_text WHERE class = 'sensitive_text')) AS asks_review,
    bool_or(kind IN (SELECT kind FROM denied_text WHERE class = 'personal')) AS is_masked,
    bool_or(kind IN (SELECT kind FROM denied_text WHERE class = 'small_count')) AS hides_small
FROM audience_kind
GROUP BY audience_no;

CREATE OR REPLACE TEMP TABLE masked_answer AS
WITH told_columns AS (
    SELECT
        a.audience_no, a.answer_no, a.instrument, a.assessment_id, a.question_id, u.is_unnamed, a.scope_rank,
        a.value_text, a.raw_value, a.remark_reason, a.remark_description,
        coalesce(n.is_sensitive, false) AS is_sensitive,
        coalesce(n.is_text, false) OR greatest(length(coalesce(a.value_text, '')), length(coalesce(a.raw_value, '')))
            >= (SELECT free_from FROM text_limit) AS is_free,
        u.asks_review,
        CASE WHEN u.is_masked AND NOT coalesce(n.is_identifier, false) THEN v.masked END AS value_masked,
        CASE WHEN u.is_masked AND NOT coalesce(n.is_identifier, false) THEN w.masked END AS raw_masked,
        CASE WHEN u.is_masked THEN r.masked END AS reason_masked,
        CASE WHEN u.is_masked THEN d.masked END AS description_masked,
        coalesce(v.has_word, false) AS value_word, coalesce(w.has_word, false) AS raw_word,
        coalesce(r.has_word, false) AS reason_word, coalesce(d.has_word, false) AS description_word
    FROM shared_answer a
    JOIN text_audience u USING (audience_no)
    LEFT JOIN text_indicator n USING (indicator_id)
    LEFT JOIN flagged_text v ON v.text = a.value_text
    LEFT JOIN flagged_text w ON w.text = a.raw_value AND a.value_number IS NULL
    LEFT JOIN flagged_text r ON r.text = a.remark_reason
    LEFT JOIN flagged_text d ON d.text = a.remark_description
    ANTI JOIN withheld_answer x ON x.audience_no = a.audience_no AND x.answer_no = a.answer_no
    WHERE NOT a.is_own
        AND (v.text IS NOT NULL OR w.text IS NOT NULL OR r.text IS NOT NULL OR d.text IS NOT NULL OR n.is_sensitive
            OR u.is_unnamed)
),
judged AS (
    SELECT *,
        is_free AND (is_unnamed OR (asks_review AND (is_sensitive OR value_word) AND NOT (scope_rank = 4
            AND text_key(instrument, assessment_id, question_id, 'value', value_text) IN (SELECT key FROM approved_text))))
            AS no_value,
        is_free AND (is_unnamed OR (asks_review AND (is_sensitive OR raw_word) AND NOT (scope_rank = 4
            AND text_key(instrument, assessment_id, question_id, 'value', raw_value) IN (SELECT key FROM approved_text))))
            AS no_raw,
        is_unnamed OR (asks_review AND (is_sensitive OR reason_word) AND NOT (scope_rank = 4
            AND text_key(instrument, assessment_id, question_id, 'reason', remark_reason) IN (SELECT key FROM approved_text)))
            AS no_reason,
        is_unnamed OR (asks_review AND (is_sensitive OR description_word) AND NOT (scope_rank = 4
            AND text_key(instrument, assessment_id, question_id, 'description', remark_description)
                IN (SELECT key FROM approved_text)))
            AS no_description
    FROM told_columns
)
SELECT
    audience_no, answer_no,
    told(value_text, value_masked, no_value) AS value_text,
    told(raw_value, raw_masked, no_raw) AS raw_value,
    told(remark_reason, reason_masked, no_reason) AS remark_reason,
    told(remark_description, description_masked, no_description) AS remark_description,
    CASE
        WHEN NOT ((no_value AND value_text IS NOT NULL) OR (no_raw AND raw_value IS NOT NULL)
            OR (no_reason AND remark_reason IS NOT NULL) OR (no_description AND remark_description IS NOT NULL))
        THEN 'personal'
        WHEN is_unnamed THEN 'unnamed'
        ELSE 'sensitive_text'
    END AS class
FROM judged j
WHERE told(value_text, value_masked, no_value) IS DISTINCT FROM value_text
    OR told(raw_value, raw_masked, no_raw) IS DISTINCT FROM raw_value
    OR told(remark_reason, reason_masked, no_reason) IS DISTINCT FROM remark_reason
    OR told(remark_description, description_masked, no_description) IS DISTINCT FROM remark_description;

INSERT INTO withheld_answer SELECT audience_no, answer_no, class, 'text' FROM masked_answer;
