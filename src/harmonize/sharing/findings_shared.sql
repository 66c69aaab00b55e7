-- Rows of findings and of plans that each audience may see.
-- Reads: source, shared_content, own_content, shared_file, audience. Writes: shared_finding, shared_plan.
CREATE OR REPLACE TEMP TABLE shared_finding AS
SELECT
    c.audience_no, c.is_own, c.scope_rank, c.assessment_id, s.facility_id, c.shared_file_id, f.* EXCLUDE (file_id),
    row_number() OVER () AS row_no
FROM source.compact.stated_finding f
JOIN shared_content c ON c.content_file_id = f.file_id AND c.assessment_no = f.assessment_no
JOIN shared_assessment s ON s.audience_no = c.audience_no AND s.assessment_id = c.assessment_id
WHERE c.scope_rank >= 2;

-- A row of a plan is the audience's own, or is about a finding of a report that was granted to it: what it handed in itself
-- opens nobody else's plans.
CREATE OR REPLACE TEMP TABLE granted_report AS
SELECT audience_no, assessment_id, max(scope_rank) AS scope_rank
FROM visible_copy
WHERE NOT is_own AND scope_rank >= 2
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE shared_plan AS
SELECT row_number() OVER () AS plan_no, *
FROM (
    SELECT
        o.audience_no, true AS is_own, o.shared_id AS shared_file_id, f.instrument, NULL::VARCHAR AS assessment_id,
        NULL::VARCHAR AS indicator_id, NULL::VARCHAR AS topic_id, 4 AS scope_rank, p.* EXCLUDE (file_id)
    FROM source.compact.stated_plan p
    JOIN source.file f USING (file_id)
    JOIN own_content o ON o.content_file_id = p.file_id
    UNION ALL
    SELECT
        s.audience_no, false, 'FR' || token(a.inner_key, a.outer_key, 'plan', p.file_id || '|' || p.locator), f.instrument,
        s.assessment_id, n.indicator_id, n.topic_id, s.scope_rank, p.* EXCLUDE (file_id)
    FROM source.compact.stated_plan p
    JOIN source.file f USING (file_id)
    JOIN source.corrective_action c ON c.file_id = p.file_id AND c.locator = p.locator
    JOIN source.finding n USING (finding_id)
    JOIN granted_report s ON s.assessment_id = n.assessment_id
    JOIN audience a USING (audience_no)
    ANTI JOIN own_content o ON o.audience_no = s.audience_no AND o.content_file_id = p.file_id
);

-- What a plan says is withheld by the same rules as what a finding says.
INSERT INTO shared_finding BY NAME
SELECT
    p.audience_no, p.is_own, p.scope_rank, p.assessment_id, s.facility_id, p.shared_file_id, p.instrument, p.indicator_id,
    p.topic_id, p.context AS clause, p.issue_raw AS description, p.action, p.locator, 'plan' AS role, -p.plan_no AS row_no
FROM shared_plan p
JOIN shared_assessment s USING (audience_no, assessment_id)
WHERE NOT p.is_own;
