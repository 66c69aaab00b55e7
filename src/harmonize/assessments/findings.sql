-- Findings once per assessment, from finding rows and from not_met answers of compliance indicators; their actions.
-- Reads: finding_row, harmonised_finding, made_copy, made_assessment, breaching_answer, indicator_entry, entailment,
--        staged_plan, facility_of_identifier.
-- Writes: answer_detail, made_finding, made_action, plan_issue.
CREATE OR REPLACE TABLE answer_detail AS
SELECT p.assessment_id, f.*
FROM harmonised_finding f
JOIN made_copy p ON p.content_file_id = f.file_id AND p.assessment_no = f.assessment_no
WHERE f.role = 'detail' AND p.published
QUALIFY row_number() OVER (PARTITION BY p.assessment_id, f.clause ORDER BY p.delivery_rank, length(f.locator), f.locator) = 1;

CREATE OR REPLACE TABLE made_finding AS
WITH merged AS (
    -- What the winning delivery leaves blank is filled from the next; any stated value beats none.
    SELECT
        assessment_id,
        identity,
        first(indicator_id ORDER BY delivery_rank, length(locator), locator) FILTER (indicator_id IS NOT NULL) AS indicator_id,
        first(topic_id ORDER BY delivery_rank, length(locator), locator) FILTER (topic_id IS NOT NULL) AS topic_id,
        first(clause ORDER BY delivery_rank, length(locator), locator) FILTER (clause IS NOT NULL) AS clause,
        first(severity ORDER BY delivery_rank, length(locator), locator) FILTER (severity IS NOT NULL) AS severity,
        first(severity_raw ORDER BY delivery_rank, length(locator), locator) FILTER (severity_raw IS NOT NULL) AS severity_raw,
        first(description ORDER BY delivery_rank, length(locator), locator) FILTER (description IS NOT NULL) AS description,
        first(root_cause ORDER BY delivery_rank, length(locator), locator) FILTER (root_cause IS NOT NULL) AS root_cause,
        first(legal_reference ORDER BY delivery_rank, length(locator), locator) FILTER (legal_reference IS NOT NULL) AS legal_reference,
        first(status ORDER BY delivery_rank, length(locator), locator) FILTER (status IS NOT NULL) AS status,
        first(status_raw ORDER BY delivery_rank, length(locator), locator) FILTER (status_raw IS NOT NULL) AS status_raw,
        first(due_on ORDER BY delivery_rank, length(locator), locator) FILTER (due_on IS NOT NULL) AS due_on,
        first(closed_on ORDER BY delivery_rank, length(locator), locator) FILTER (closed_on IS NOT NULL) AS closed_on,
        first(native_id ORDER BY delivery_rank, length(locator), locator) FILTER (native_id IS NOT NULL) AS native_id,
        first(mapping_id ORDER BY delivery_rank, length(locator), locator) FILTER (mapping_id IS NOT NULL) AS mapping_id,
        first(extra ORDER BY delivery_rank, length(locator), locator) FILTER (extra IS NOT NULL) AS extra,
        first(action ORDER BY delivery_rank, length(locator), locator) FILTER (action IS NOT NULL) AS action,
        first(responsible ORDER BY delivery_rank, length(locator), locator) FILTER (responsible IS NOT NULL) AS responsible,
        first(file_id ORDER BY delivery_rank, length(locator), locator) AS file_id,
        first(locator ORDER BY delivery_rank, length(locator), locator) AS locator
    FROM finding_row
    GROUP BY assessment_id, identity
)
SELECT
    'HN' || upper(substr(sha256(assessment_id || '|' || identity), 1, 16)) AS finding_id,
    assessment_id,
    indicator_id,
    topic_id,
    clause AS clause_raw,
    severity,
    severity_raw,
    description,
    root_cause,
    legal_reference,
    status,
    status_raw,
    due_on,
    -- A finding that was opened again is not closed on its old day.
    CASE WHEN coalesce(status, 'closed') = 'closed' THEN closed_on END AS closed_on,
    native_id,
    'row' AS made_from,
    file_id,
    locator,
    mapping_id,
    extra,
    action,
    responsible,
    NULL::VARCHAR AS context,
    NULL::VARCHAR AS label_hash
FROM merged
UNION ALL
SELECT
    'HN' || upper(substr(sha256(w.assessment_id || '|answer|' || w.question_id), 1, 16)),
    w.assessment_id,
    -- Where the answer implies nothing for the indicator, only the topic is certain.
    CASE WHEN e.implied_state = 'not_met' THEN w.indicator_id END,
    i.topic_id,
    w.question_id,
    d.severity,
    d.severity_raw,
    coalesce(d.description, w.description),
    d.root_cause,
    d.legal_reference,
    d.status,
    d.status_raw,
    d.due_on,
    CASE WHEN coalesce(d.status, 'closed') = 'closed' THEN d.closed_on END,
    NULL,
    'answer',
    w.file_id,
    w.locator,
    w.mapping_id,
    NULL,
    d.action,
    d.responsible,
    w.context,
    w.label_hash
FROM breaching_answer w
JOIN indicator_entry i USING (indicator_id)
-- What stands beside an answer belongs to the finding that is made of it.
LEFT JOIN answer_detail d ON d.assessment_id = w.assessment_id AND d.clause = w.question_id
LEFT JOIN entailment e ON e.comparability = w.comparability AND e.state = 'not_met'
UNION ALL
-- What was judged grave is a finding, also where nothing maps its question.
SELECT
    'HN' || upper(substr(sha256(d.assessment_id || '|answer|' || d.clause), 1, 16)), d.assessment_id, NULL, NULL, d.clause,
    d.severity, d.severity_raw, d.description, d.root_cause, d.legal_reference, d.status, d.status_raw, d.due_on,
    CASE WHEN coalesce(d.status, 'closed') = 'closed' THEN d.closed_on END, NULL, 'answer', d.file_id, d.locator, NULL,
    NULL, d.action, d.responsible, NULL, NULL
FROM breaching_answer w
JOIN answer_detail d ON d.assessment_id = w.assessment_id AND d.clause = w.question_id
WHERE w.mapping_id IS NULL AND d.severity_raw IS NOT NULL;

-- Plans name factory, cycle and compliance point; the assessment of that cycle is looked for, then the finding.
CREATE OR REPLACE TABLE plan_match AS
WITH delivered AS (
    -- Of two deliveries of one action the later one counts.
    SELECT
        p.*,
        f.instrument,
        row_number() OVER (
            PARTITION BY p.scheme, p.value, p.cycle, p.context, p.issue_raw, p.action
            ORDER BY f.received_at DESC NULLS LAST, f.contributor, f.path, p.row_order DESC
        ) AS delivery
    FROM staged_plan p
    JOIN inbox_file f USING (file_id)
),
numbered AS (
    SELECT
        row_number() OVER (ORDER BY scheme, value, cycle, context, issue_raw, action) AS plan_no,
        * EXCLUDE (delivery, row_order)
    FROM delivered
    WHERE delivery = 1
),
placed AS (
    SELECT
        p.*,
        f.facility_id,
        a.assessment_id
    FROM numbered p
    LEFT JOIN facility_of_identifier f ON f.scheme = p.scheme AND f.value = p.value
    LEFT JOIN made_assessment a
        ON a.facility_id = f.facility_id AND a.instrument = p.instrument
        AND regexp_replace(lower(a.cycle), '\D+', '', 'g') = regexp_replace(lower(p.cycle), '\D+', '', 'g')
),
candidate AS (
    SELECT
        p.*,
        n.finding_id,
        row_number() OVER (
            PARTITION BY p.plan_no
            ORDER BY coalesce(n.label_hash = p.label_hash, false) DESC, (n.finding_id IS NULL), a.assessed_on DESC, n.finding_id
        ) AS choice,
        count(n.finding_id) OVER (PARTITION BY p.plan_no) AS choices,
        coalesce(n.label_hash = p.label_hash, false) AS same_label
    FROM placed p
    LEFT JOIN made_assessment a USING (assessment_id)
    LEFT JOIN made_finding n ON n.assessment_id = p.assessment_id AND n.context = p.context
)
SELECT
    * EXCLUDE (finding_id, choice, choices, same_label),
    -- The label names the finding; without it only a single finding of the compliance point can be meant.
    CASE WHEN same_label OR choices = 1 THEN finding_id END AS finding_id
FROM candidate
WHERE choice = 1;

CREATE OR REPLACE TABLE made_action AS
SELECT
    'HX' || upper(substr(sha256(finding_id || '|' || coalesce(action, '')), 1, 16)) AS action_id,
    finding_id,
    action,
    due_on,
    status,
    file_id,
    locator,
    facility_id,
    status_raw,
    description AS issue_raw,
    responsible
FROM made_finding
JOIN (SELECT assessment_id, facility_id FROM made_assessment) USING (assessment_id)
WHERE action IS NOT NULL
UNION ALL
SELECT
    'HX' || upper(substr(sha256(concat_ws('|', 'plan', scheme, value, cycle, context, issue_raw, action)), 1, 16)),
    finding_id,
    action,
    due_on,
    status,
    file_id,
    locator,
    facility_id,
    status_raw,
    issue_raw,
    NULL
FROM plan_match;

-- A finding is closed when all its actions are; until then its most advanced open state and earliest open date stand.
UPDATE made_finding
SET status = p.status, status_raw = p.status_raw, due_on = p.due_on
FROM (
    SELECT
        finding_id,
        CASE
            WHEN bool_and(coalesce(status = 'closed', false)) THEN 'closed'
            WHEN bool_or(status = 'overdue') THEN 'overdue'
            WHEN bool_or(status = 'in_progress') THEN 'in_progress'
            WHEN bool_or(status = 'open') THEN 'open'
        END AS status,
        string_agg(DISTINCT status_raw, ', ' ORDER BY status_raw) AS status_raw,
        coalesce(min(due_on) FILTER (status IS DISTINCT FROM 'closed'), min(due_on)) AS due_on
    FROM plan_match
    WHERE finding_id IS NOT NULL
    GROUP BY finding_id
) p
WHERE made_finding.finding_id = p.finding_id;

CREATE OR REPLACE TABLE plan_issue AS
SELECT
    file_id,
    locator,
    'plan_without_assessment' AS code,
    'info' AS severity,
    cycle AS value,
    CASE
        WHEN facility_id IS NULL THEN 'No assessment or register names this factory id yet; the action is kept on its own.'
        WHEN assessment_id IS NULL THEN 'No assessment of this factory and cycle is here yet; the action is kept on its own.'
        ELSE 'No finding of this assessment is certain to be meant; the action is kept on its own.'
    END AS message,
    'Deliver the assessment export of this cycle too.' AS hint,
    false AS withheld
FROM plan_match
WHERE finding_id IS NULL;
