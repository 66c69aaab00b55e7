-- Laws of the contract tables. Each query selects the rows that break one law; no row means that it holds.
-- Every query stands under its `law`; the rows name the place well enough for a person to find it.
-- `judged_answer` and `judged_finding` are `answer` and `finding`, or the part of them that belongs to touched
-- assessments: a law that reads them is local to an assessment, every other law is global.

-- law: answer_without_assessment
SELECT a.assessment_id, a.question_id, a.file_id, a.locator
FROM judged_answer AS a
ANTI JOIN assessment AS s ON s.assessment_id = a.assessment_id;

-- law: answer_without_file
SELECT a.assessment_id, a.question_id, a.file_id, a.locator
FROM judged_answer AS a
ANTI JOIN file AS f ON f.file_id = a.file_id;

-- law: answer_of_unknown_indicator
SELECT a.assessment_id, a.question_id, a.indicator_id
FROM judged_answer AS a
ANTI JOIN indicator AS i ON i.indicator_id = a.indicator_id
WHERE a.indicator_id IS NOT NULL;

-- law: answer_of_unpublished_assessment
SELECT a.assessment_id, a.question_id, s.status
FROM judged_answer AS a
JOIN assessment AS s ON s.assessment_id = a.assessment_id
WHERE NOT s.published;

-- law: duplicate_answer
SELECT assessment_id, question_id, answered_by, count(*) AS rows
FROM judged_answer
GROUP BY assessment_id, question_id, answered_by
HAVING count(*) > 1;

-- law: answer_by_unapproved_mapping
SELECT a.assessment_id, a.question_id, a.mapping_id, c.status
FROM judged_answer AS a
LEFT JOIN crosswalk AS c ON c.mapping_id = a.mapping_id
WHERE a.indicator_id IS NOT NULL AND a.mapping_id IS NOT NULL AND c.status IS DISTINCT FROM 'approved';

-- law: indicator_without_mapping
SELECT assessment_id, question_id, indicator_id
FROM judged_answer
WHERE indicator_id IS NOT NULL AND (mapping_id IS NULL OR comparability IS NULL);

-- law: quantity_without_unit
SELECT a.assessment_id, a.question_id, a.value_number, i.unit AS wanted, a.file_id, a.locator
FROM judged_answer AS a
JOIN indicator AS i ON i.indicator_id = a.indicator_id
WHERE i.kind = 'quantity'
    AND a.value_number IS NOT NULL
    AND a.unit IS NULL
    AND string_split(i.unit, '|')[1] IN ('MJ', 'L', 'kg', 'kgCO2e');

-- law: negative_quantity
SELECT a.assessment_id, a.question_id, a.value_number, a.unit, a.file_id, a.locator
FROM judged_answer AS a
JOIN indicator AS i ON i.indicator_id = a.indicator_id
WHERE i.kind = 'quantity' AND a.value_number < 0;

-- law: unreal_number
SELECT assessment_id, question_id, value_number, file_id, locator
FROM judged_answer
WHERE value_number IS NOT NULL AND NOT isfinite(value_number);

-- law: verdict_on_information
SELECT a.assessment_id, a.question_id, i.kind, a.state
FROM judged_answer AS a
JOIN indicator AS i ON i.indicator_id = a.indicator_id
WHERE i.kind IN ('quantity', 'date', 'text') AND a.state IN ('met', 'partly_met', 'not_met', 'no_finding');

-- law: blank_is_not_met
SELECT a.assessment_id, a.question_id, a.file_id, a.locator
FROM judged_answer AS a
LEFT JOIN crosswalk AS c ON c.mapping_id = a.mapping_id
WHERE a.state = 'not_met' AND trim(coalesce(a.raw_value, '')) = '' AND c.scale IS DISTINCT FROM 'finding';

-- law: met_from_findings_list
SELECT a.assessment_id, a.question_id, a.state
FROM judged_answer AS a
JOIN crosswalk AS c ON c.mapping_id = a.mapping_id
WHERE c.scale = 'finding' AND a.state IN ('met', 'partly_met');

-- law: duplicate_finding
SELECT finding_id, count(*) AS rows
FROM finding
GROUP BY finding_id
HAVING count(*) > 1;

-- law: finding_without_assessment
SELECT f.finding_id, f.assessment_id, f.file_id, f.locator
FROM judged_finding AS f
ANTI JOIN assessment AS s ON s.assessment_id = f.assessment_id;

-- law: finding_of_unpublished_assessment
SELECT f.finding_id, f.assessment_id, s.status
FROM judged_finding AS f
JOIN assessment AS s ON s.assessment_id = f.assessment_id
WHERE NOT s.published;

-- law: finding_of_non_compliance
SELECT f.finding_id, f.assessment_id, f.indicator_id, i.kind
FROM judged_finding AS f
JOIN indicator AS i ON i.indicator_id = f.indicator_id
WHERE f.made_from = 'answer' AND i.kind <> 'compliance';

-- law: not_met_without_finding
SELECT a.assessment_id, a.question_id, a.indicator_id, a.file_id, a.locator
FROM judged_answer AS a
JOIN indicator AS i ON i.indicator_id = a.indicator_id
ANTI JOIN judged_finding AS f ON f.assessment_id = a.assessment_id AND f.indicator_id = a.indicator_id
ANTI JOIN judged_answer AS v
    ON v.assessment_id = a.assessment_id AND v.question_id = a.question_id AND v.answered_by = 'verifier'
    AND v.answered_by <> a.answered_by
WHERE i.kind = 'compliance' AND a.state = 'not_met' AND a.comparability = 'exact';

-- law: better_work_severity
SELECT f.finding_id, f.assessment_id, f.severity, f.severity_raw
FROM judged_finding AS f
JOIN assessment AS s ON s.assessment_id = f.assessment_id
WHERE s.instrument = 'better_work_cat' AND f.severity IS NOT NULL;

-- law: severity_without_native_word
SELECT finding_id, assessment_id, severity
FROM judged_finding
WHERE severity IS NOT NULL AND severity_raw IS NULL;

-- law: duplicate_action
SELECT action_id, count(*) AS rows
FROM corrective_action
GROUP BY action_id
HAVING count(*) > 1;

-- law: action_without_finding
SELECT c.action_id, c.finding_id, c.file_id, c.locator
FROM corrective_action AS c
ANTI JOIN finding AS f ON f.finding_id = c.finding_id
WHERE c.finding_id IS NOT NULL;

-- law: assessment_without_facility
SELECT s.assessment_id, s.facility_id, s.instrument, s.native_id
FROM assessment AS s
ANTI JOIN facility AS f ON f.facility_id = s.facility_id;

-- law: assessment_without_copy
SELECT s.assessment_id, s.instrument, s.native_id
FROM assessment AS s
ANTI JOIN assessment_copy AS c ON c.assessment_id = s.assessment_id;

-- law: copy_without_assessment
SELECT c.copy_id, c.assessment_id, c.file_id, c.locator
FROM assessment_copy AS c
ANTI JOIN assessment AS s ON s.assessment_id = c.assessment_id;

-- law: copy_without_file
SELECT c.copy_id, c.assessment_id, c.file_id, c.locator
FROM assessment_copy AS c
ANTI JOIN file AS f ON f.file_id = c.file_id;

-- law: not_one_original
SELECT assessment_id, count(*) FILTER (WHERE relation = 'original') AS originals, count(*) AS copies
FROM assessment_copy
GROUP BY assessment_id
HAVING count(*) FILTER (WHERE relation = 'original') <> 1;

-- law: not_one_winner
SELECT assessment_id, count(*) FILTER (WHERE wins) AS winners, count(*) AS copies
FROM assessment_copy
GROUP BY assessment_id
HAVING count(*) FILTER (WHERE wins) <> 1;

-- law: copy_count
SELECT s.assessment_id, s.copy_count, count(c.copy_id) AS copies
FROM assessment AS s
LEFT JOIN assessment_copy AS c ON c.assessment_id = s.assessment_id
GROUP BY s.assessment_id, s.copy_count
HAVING s.copy_count <> count(c.copy_id);

-- law: dangling_lineage
WITH links AS (
    SELECT assessment_id, facility_id, 'verified_of' AS link, verified_of AS other FROM assessment
    UNION ALL
    SELECT assessment_id, facility_id, 'follow_up_of', follow_up_of FROM assessment
    UNION ALL
    SELECT assessment_id, facility_id, 'supersedes', supersedes FROM assessment
)
SELECT l.assessment_id, l.link, l.other
FROM links AS l
LEFT JOIN assessment AS o ON o.assessment_id = l.other
WHERE l.other IS NOT NULL
    AND (o.assessment_id IS NULL OR o.assessment_id = l.assessment_id OR o.facility_id <> l.facility_id);

-- law: facility_without_mention
SELECT f.facility_id, f.name
FROM facility AS f
ANTI JOIN facility_mention AS m ON m.facility_id = f.facility_id;

-- law: mention_without_facility
SELECT m.mention_id, m.facility_id, m.file_id, m.locator
FROM facility_mention AS m
ANTI JOIN facility AS f ON f.facility_id = m.facility_id;

-- law: mention_count
SELECT f.facility_id, f.mention_count, count(m.mention_id) AS mentions
FROM facility AS f
LEFT JOIN facility_mention AS m ON m.facility_id = f.facility_id
GROUP BY f.facility_id, f.mention_count
HAVING f.mention_count <> count(m.mention_id);

-- law: identifier_without_facility
SELECT i.facility_id, i.scheme, i.value
FROM facility_identifier AS i
ANTI JOIN facility AS f ON f.facility_id = i.facility_id;

-- law: card_shows_invalid_identifier
WITH shown AS (
    SELECT facility_id, 'os_id' AS scheme, os_id AS value FROM facility WHERE os_id IS NOT NULL
    UNION ALL
    SELECT facility_id, 'tax_code', tax_code FROM facility WHERE tax_code IS NOT NULL
)
SELECT s.facility_id, s.scheme, s.value
FROM shown AS s
ANTI JOIN facility_identifier AS i
    ON i.facility_id = s.facility_id AND i.scheme = s.scheme AND i.value = s.value AND i.valid;

-- law: overlapping_aliases
SELECT a.old_id, a.facility_id, 'the old id is still a factory' AS reason
FROM facility_alias AS a
SEMI JOIN facility AS f ON f.facility_id = a.old_id
UNION ALL
SELECT old_id, min(facility_id), 'the old id leads to several factories'
FROM facility_alias
GROUP BY old_id
HAVING count(*) > 1;

-- law: alias_to_unknown_facility
SELECT a.old_id, a.facility_id
FROM facility_alias AS a
ANTI JOIN facility AS f ON f.facility_id = a.facility_id;

-- law: relation_of_unknown_facility
SELECT r.facility_id, r.related_id, r.kind
FROM facility_relation AS r
LEFT JOIN facility AS a ON a.facility_id = r.facility_id
LEFT JOIN facility AS b ON b.facility_id = r.related_id
WHERE a.facility_id IS NULL OR b.facility_id IS NULL OR r.facility_id = r.related_id;

-- law: pair_related_twice
SELECT least(facility_id, related_id) AS facility_id, greatest(facility_id, related_id) AS related_id, count(*) AS rows
FROM facility_relation
GROUP BY least(facility_id, related_id), greatest(facility_id, related_id)
HAVING count(*) > 1;

-- law: relation_without_order
SELECT facility_id, related_id, kind
FROM facility_relation
WHERE kind = 'same_company' AND facility_id > related_id;

-- law: conflict_of_winner
SELECT x.assessment_id, x.question_id, x.copy_id
FROM conflict AS x
LEFT JOIN assessment_copy AS c ON c.copy_id = x.copy_id AND c.assessment_id = x.assessment_id
WHERE c.copy_id IS NULL OR x.value_raw IS NOT DISTINCT FROM x.winning_value_raw;

-- law: doubt_of_other_copies
SELECT d.assessment_a, d.copy_a, d.assessment_b, d.copy_b, d.stands
FROM doubtful_copy AS d
LEFT JOIN assessment_copy AS a ON a.copy_id = d.copy_a AND a.assessment_id = d.assessment_a
LEFT JOIN assessment_copy AS b ON b.copy_id = d.copy_b AND b.assessment_id = d.assessment_b
WHERE a.copy_id IS NULL
    OR b.copy_id IS NULL
    OR d.copy_a = d.copy_b
    OR (d.stands = 'merged') <> (d.assessment_a = d.assessment_b);

-- law: difference_of_one_receiver
SELECT d.assessment_id, d.question_id, d.copy_a, d.copy_b
FROM report_difference AS d
LEFT JOIN assessment_copy AS a ON a.copy_id = d.copy_a AND a.assessment_id = d.assessment_id
LEFT JOIN assessment_copy AS b ON b.copy_id = d.copy_b AND b.assessment_id = d.assessment_id
WHERE a.copy_id IS NULL
    OR b.copy_id IS NULL
    OR d.contributor_a = d.contributor_b
    OR d.value_a IS NOT DISTINCT FROM d.value_b;

-- law: contradiction_of_non_compliance
SELECT c.facility_id, c.indicator_id, i.kind
FROM contradiction AS c
LEFT JOIN indicator AS i ON i.indicator_id = c.indicator_id
WHERE i.kind IS DISTINCT FROM 'compliance' OR c.assessment_a = c.assessment_b OR c.state_a = c.state_b;

-- law: indicator_without_topic
SELECT i.indicator_id, i.topic_id
FROM indicator AS i
ANTI JOIN topic AS t ON t.topic_id = i.topic_id;

-- law: topic_without_parent
SELECT t.topic_id, t.parent_id
FROM topic AS t
ANTI JOIN topic AS p ON p.topic_id = t.parent_id
WHERE t.parent_id IS NOT NULL;

-- law: question_mapped_and_ignored
SELECT mapping_id, instrument, edition, question_id, indicator_id, reason
FROM crosswalk
WHERE (indicator_id IS NULL) = (reason IS NULL OR trim(reason) = '') AND status <> 'draft';

-- law: compliance_mapping_without_basis
SELECT c.mapping_id, c.instrument, c.edition, c.question_id, c.indicator_id
FROM crosswalk AS c
JOIN indicator AS i ON i.indicator_id = c.indicator_id
WHERE i.kind = 'compliance' AND c.basis IS NULL AND c.status <> 'draft';

-- law: accounting_law
SELECT path, cells_total, cells_blank, cells_loaded, cells_ignored, cells_quarantined
FROM file
WHERE cells_total <> cells_blank + cells_loaded + cells_ignored + cells_quarantined;

-- law: loaded_despite_issues
SELECT f.path, i.code, i.severity, count(*) AS issues
FROM file AS f
JOIN issue AS i ON i.file_id = f.file_id
WHERE f.status = 'loaded' AND i.severity IN ('warning', 'error')
GROUP BY f.path, i.code, i.severity;

-- law: refused_without_reason
SELECT f.path
FROM file AS f
ANTI JOIN issue AS i ON i.file_id = f.file_id
WHERE f.status = 'refused';

-- law: assessed_in_the_future
SELECT assessment_id, instrument, native_id, assessed_on
FROM assessment
WHERE assessed_on > (SELECT max(as_of) FROM release);

-- law: duplicate_of_nothing
SELECT f.path, f.duplicate_of
FROM file AS f
LEFT JOIN file AS o ON o.file_id = f.duplicate_of
WHERE f.status = 'duplicate' AND (o.file_id IS NULL OR o.content_id <> f.content_id OR o.status = 'duplicate');

-- law: content_loaded_twice
SELECT content_id, count(*) AS files
FROM file
WHERE status IN ('loaded', 'loaded_with_issues')
GROUP BY content_id
HAVING count(*) > 1;

-- law: quarantine_without_issue
SELECT q.issue_id, q.file_id, q.locator, q.code
FROM quarantine AS q
ANTI JOIN issue AS i ON i.issue_id = q.issue_id;

-- law: grant_without_end
SELECT grant_id, facility_scheme, facility_value, instrument, audience
FROM consent_grant
WHERE instrument IN ('*', 'slcp_caf', 'higg_fem', 'better_work_cat')
    AND assessment = '*'
    AND valid_to IS NULL
    AND revoked_on IS NULL;

-- law: burden_visits_counted_otherwise
SELECT s.facility_id, s.visits, b.visits AS in_ledger
FROM (
    SELECT facility_id, count(DISTINCT visit_id) AS visits FROM assessment
    WHERE published AND coalesce(coalesce(ended_on, assessed_on) <= (SELECT as_of FROM release), true)
    GROUP BY facility_id
) AS s
LEFT JOIN (
    SELECT facility_id, sum(visits + self_assessments)::BIGINT AS visits FROM burden GROUP BY facility_id
) AS b ON b.facility_id = s.facility_id
WHERE b.visits IS DISTINCT FROM s.visits;

-- law: burden_repetitions_counted_otherwise
SELECT o.facility_id, o.year, o.again, b.questions_again AS in_ledger
FROM (
    SELECT facility_id, year(window_start) AS year, sum(times_asked - 1)::BIGINT AS again
    FROM overlap GROUP BY facility_id, year(window_start)
) AS o
LEFT JOIN burden AS b ON b.facility_id = o.facility_id AND b.year = o.year
WHERE b.questions_again IS DISTINCT FROM o.again;
