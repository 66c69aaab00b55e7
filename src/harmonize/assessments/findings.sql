-- Findings once per assessment, from finding rows and from not_met answers of compliance indicators; their actions.
-- Reads: harmonised_finding, made_copy, made_assessment, made_answer, indicator_entry, staged_plan, facility_of_identifier.
-- Writes: made_finding, made_action, plan_issue.
CREATE OR REPLACE TABLE made_finding AS
WITH deliveries AS (
    SELECT content_file_id, assessment_no, assessment_id, min(delivery_rank) AS delivery_rank
    FROM made_copy
    WHERE published
    GROUP BY content_file_id, assessment_no, assessment_id
),
rows_of_all AS (
    SELECT
        f.*,
        d.assessment_id,
        d.delivery_rank,
        -- A printed number identifies a finding; without one its clause and text do, so an amended export updates it.
        coalesce(
            'number|' || lower(f.native_id),
            'text|' || lower(coalesce(f.clause, '')) || '|' || regexp_replace(lower(coalesce(f.description, '')), '\W+', '', 'g')
        ) AS identity
    FROM harmonised_finding f
    JOIN deliveries d ON d.content_file_id = f.file_id AND d.assessment_no = f.assessment_no
    JOIN made_assessment a USING (assessment_id)
    WHERE a.published
),
merged AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY assessment_id, identity ORDER BY delivery_rank, locator) AS finding_rank
    FROM rows_of_all
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
    closed_on,
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
WHERE finding_rank = 1
UNION ALL
SELECT
    'HN' || upper(substr(sha256(w.assessment_id || '|answer|' || w.question_id), 1, 16)),
    w.assessment_id,
    w.indicator_id,
    i.topic_id,
    w.question_id,
    NULL,
    NULL,
    w.description,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    'answer',
    w.file_id,
    w.locator,
    w.mapping_id,
    NULL,
    NULL,
    NULL,
    s.context,
    s.label_hash
FROM (
    -- The verifier's answer counts where there is one.
    SELECT *, row_number() OVER (PARTITION BY assessment_id, question_id ORDER BY answered_by = 'verifier' DESC) AS side
    FROM made_answer
) w
JOIN indicator_entry i USING (indicator_id)
LEFT JOIN (SELECT DISTINCT file_id, assessment_no, question_id, context, label_hash FROM staged_answer) s
    ON s.file_id = w.file_id AND s.assessment_no = w.assessment_no AND s.question_id = w.question_id
WHERE w.side = 1 AND w.state = 'not_met' AND i.kind = 'compliance';

-- Plans name factory, cycle and compliance point; the assessment of that cycle is looked for, then the finding.
CREATE OR REPLACE TABLE plan_match AS
WITH numbered AS (
    SELECT row_number() OVER (ORDER BY file_id, locator) AS plan_no, * FROM staged_plan
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
            ORDER BY (n.label_hash IS NOT DISTINCT FROM p.label_hash) DESC, (n.finding_id IS NULL), a.assessed_on DESC, n.finding_id
        ) AS choice,
        count(n.finding_id) OVER (PARTITION BY p.plan_no) AS choices,
        n.label_hash IS NOT DISTINCT FROM p.label_hash AS same_label
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
    'HX' || upper(substr(sha256('plan|' || file_id || '|' || locator), 1, 16)),
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

-- A plan's status and due date are those of the finding it answers.
UPDATE made_finding
SET status = p.status, status_raw = p.status_raw, due_on = p.due_on
FROM (
    SELECT finding_id, first(status ORDER BY plan_no DESC) AS status, first(status_raw ORDER BY plan_no DESC) AS status_raw,
        max(due_on) AS due_on
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
