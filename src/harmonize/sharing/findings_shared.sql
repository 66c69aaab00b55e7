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

-- A row of a plan is the audience's own, or is about a finding of an assessment that it may see.
CREATE OR REPLACE TEMP TABLE shared_plan AS
SELECT o.audience_no, true AS is_own, o.shared_id AS shared_file_id, f.instrument, p.* EXCLUDE (file_id)
FROM source.compact.stated_plan p
JOIN source.file f USING (file_id)
JOIN own_content o ON o.content_file_id = p.file_id
UNION ALL
SELECT
    s.audience_no, false, 'FR' || token(a.inner_key, a.outer_key, 'plan', p.file_id || '|' || p.locator), f.instrument,
    p.* EXCLUDE (file_id)
FROM source.compact.stated_plan p
JOIN source.file f USING (file_id)
JOIN source.corrective_action c ON c.file_id = p.file_id AND c.locator = p.locator
JOIN source.finding n USING (finding_id)
JOIN shared_assessment s ON s.assessment_id = n.assessment_id
JOIN audience a USING (audience_no)
ANTI JOIN own_content o ON o.audience_no = s.audience_no AND o.content_file_id = p.file_id
WHERE s.scope_rank >= 2;
