"""The queries behind the figures: each stands whole, so that anybody derives a figure again from the release.

`owner_group` says which owner a factory has (domain rule 29): `OWNER_GROUP` makes a plain one, of factories alone.
Where a row tells of factories, `groups` counts their owners and `largest` is the largest share of one of them.
"""

from __future__ import annotations

__all__ = ["OWNER_GROUP", "QUERIES"]

OWNER_GROUP = "CREATE TEMP TABLE owner_group AS SELECT facility_id, facility_id AS owner_group FROM facility"
"""What a reader of a release runs first; the report itself knows of common owners."""

QUERIES = {
    "facts": """
SELECT r.release_id, r.as_of, r.contract_version, n.pipeline, n.harmonize_version,
    (SELECT count(DISTINCT contributor) FROM file) AS contributors,
    (SELECT count(*) FROM file) AS files,
    (SELECT count(*) FROM file WHERE status = 'duplicate') AS duplicates,
    (SELECT count(*) FROM file WHERE status = 'refused') AS refused,
    (SELECT count(*) FROM facility_mention) AS mentions,
    (SELECT count(*) FROM facility) AS facilities,
    (SELECT count(*) FROM assessment_copy) AS deliveries,
    (SELECT count(*) FROM assessment) AS assessments,
    (SELECT count(DISTINCT (facility_id, visit_id)) FROM assessment
        WHERE published AND kind NOT IN ('self', 'self_inspection')) AS visits,
    (SELECT coalesce(sum(answers), 0)::BIGINT FROM compact.stored_assessment) AS answers,
    (SELECT count(*) FROM finding) AS findings,
    (SELECT count(*) FROM conflict) AS conflicts,
    (SELECT count(*) FROM contradiction) AS contradictions,
    (SELECT count(*) FROM doubtful_copy) AS doubtful
FROM release r, run n
""",
    "countries": """
WITH at_factory AS (
    SELECT f.facility_id, f.country, count(s.assessment_id) AS assessments,
        count(DISTINCT s.visit_id) FILTER (s.kind NOT IN ('self', 'self_inspection')) AS visits,
        count(*) FILTER (s.kind IN ('self', 'self_inspection')) AS self_assessments
    FROM facility f LEFT JOIN assessment s ON s.facility_id = f.facility_id AND s.published
    GROUP BY ALL
), at_group AS (
    SELECT country, owner_group, count(*) AS facilities, sum(visits) AS visits,
        sum(self_assessments) AS self_assessments, sum(assessments) AS assessments
    FROM at_factory JOIN owner_group USING (facility_id) GROUP BY ALL
)
SELECT country, sum(facilities)::BIGINT AS facilities, sum(visits)::BIGINT AS visits,
    sum(self_assessments)::BIGINT AS self_assessments, sum(assessments)::BIGINT AS assessments,
    count(*) FILTER (assessments > 0) AS groups,
    (max(assessments) / nullif(sum(assessments), 0))::DOUBLE AS largest
FROM at_group GROUP BY country ORDER BY facilities DESC, country NULLS LAST
""",
    "duplication": """
WITH at_group AS (
    SELECT s.instrument, g.owner_group, count(*) AS deliveries, count(DISTINCT c.assessment_id) AS assessments,
        count(*) FILTER (c.relation = 'copy') AS copies, count(*) FILTER (c.relation = 'reupload') AS reuploads,
        count(*) FILTER (c.relation = 'amended') AS amended
    FROM assessment_copy c JOIN assessment s USING (assessment_id) JOIN owner_group g ON g.facility_id = s.facility_id
    GROUP BY ALL
)
SELECT i.title AS instrument, sum(deliveries)::BIGINT AS deliveries, sum(assessments)::BIGINT AS assessments,
    sum(copies)::BIGINT AS copies, sum(reuploads)::BIGINT AS reuploads, sum(amended)::BIGINT AS amended,
    count(*) AS groups, (max(deliveries) / sum(deliveries))::DOUBLE AS largest
FROM at_group JOIN instrument i USING (instrument)
GROUP BY instrument, i.title ORDER BY deliveries DESC, instrument
""",
    "links": """
SELECT link_method::VARCHAR AS link_method, count(*) AS mentions FROM facility_mention
GROUP BY ALL ORDER BY mentions DESC, link_method
""",
    "coverage": """
WITH stated AS (
    SELECT instrument, sum(answers) AS stated, sum(answers) FILTER (indicator_id IS NOT NULL) AS mapped
    FROM compact.answered_question GROUP BY ALL
    UNION ALL
    SELECT s.instrument, count(*), count(n.indicator_id)
    FROM finding n JOIN assessment s USING (assessment_id) WHERE n.made_from = 'row' GROUP BY ALL
)
SELECT i.title AS instrument, sum(stated)::BIGINT AS stated, coalesce(sum(mapped), 0)::BIGINT AS mapped
FROM stated JOIN instrument i USING (instrument)
GROUP BY instrument, i.title ORDER BY stated DESC, instrument
""",
    "topics": """
WITH stated AS (
    SELECT indicator_id, sum(answers) AS stated FROM compact.answered_question
    WHERE indicator_id IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT indicator_id, count(*) FROM finding
    WHERE made_from = 'row' AND indicator_id IS NOT NULL GROUP BY ALL
)
SELECT coalesce(t.parent_id, t.topic_id) AS topic_id, sum(s.stated)::BIGINT AS stated,
    count(DISTINCT s.indicator_id) AS indicators
FROM stated s JOIN indicator i USING (indicator_id) JOIN topic t USING (topic_id)
GROUP BY ALL ORDER BY stated DESC, topic_id
""",
    "contributors": """
WITH noticed AS (
    SELECT f.contributor, count(DISTINCT i.file_id) FILTER (f.status = 'refused') AS refused,
        count(*) FILTER (f.status <> 'refused' AND q.issue_id IS NOT NULL) AS withheld,
        count(*) FILTER (f.status <> 'refused' AND q.issue_id IS NULL) AS to_see
    FROM issue i JOIN file f USING (file_id) LEFT JOIN (SELECT issue_id FROM quarantine) q USING (issue_id)
    WHERE i.severity <> 'info' GROUP BY ALL
)
SELECT f.contributor, count(*) AS files, coalesce(any_value(n.refused), 0) AS refused,
    coalesce(any_value(n.withheld), 0) AS withheld, sum(f.cells_quarantined)::BIGINT AS cells_withheld,
    coalesce(any_value(n.to_see), 0) AS to_see
FROM file f LEFT JOIN noticed n USING (contributor)
GROUP BY f.contributor
ORDER BY coalesce(any_value(n.refused + n.withheld + n.to_see), 0) DESC, f.contributor
""",
    "causes": """
WITH noticed AS (
    SELECT i.code, i.severity::VARCHAR AS severity, coalesce(f.contributor, '-') AS contributor, count(*) AS issues,
        count(q.issue_id) AS withheld
    FROM issue i LEFT JOIN file f USING (file_id) LEFT JOIN (SELECT issue_id FROM quarantine) q USING (issue_id)
    WHERE i.severity <> 'info' GROUP BY ALL
)
SELECT code, severity, sum(issues)::BIGINT AS issues, sum(withheld)::BIGINT AS withheld,
    list(contributor || ' ' || issues ORDER BY issues DESC, contributor) AS contributors
FROM noticed GROUP BY code, severity ORDER BY severity = 'error' DESC, issues DESC, code
""",
    "findings": """
WITH found AS (
    SELECT t.topic_id AS point, coalesce(t.parent_id, t.topic_id) AS cluster, g.owner_group, s.facility_id, n.status
    FROM finding n JOIN assessment s USING (assessment_id) JOIN topic t USING (topic_id)
    JOIN owner_group g ON g.facility_id = s.facility_id
    WHERE s.published AND t.pillar = 'labour'
), at_group AS (
    SELECT cluster, point, owner_group, count(*) AS findings, count(DISTINCT facility_id) AS facilities,
        count(*) FILTER (status IN ('open', 'in_progress', 'overdue')) AS open,
        count(*) FILTER (status = 'closed') AS closed, count(*) FILTER (status IS NULL) AS unknown
    FROM found GROUP BY ALL
), asked AS (
    SELECT topic_id AS point, sum(asked)::BIGINT AS asked, sum(not_met)::BIGINT AS not_met
    FROM compact.topic_state GROUP BY ALL
)
SELECT cluster, point, sum(findings)::BIGINT AS findings, sum(open)::BIGINT AS open, sum(closed)::BIGINT AS closed,
    sum(unknown)::BIGINT AS unknown, sum(facilities)::BIGINT AS facilities, any_value(a.asked) AS asked,
    any_value(a.not_met) AS not_met, count(*) AS groups, (max(findings) / sum(findings))::DOUBLE AS largest
FROM at_group LEFT JOIN asked a USING (point)
GROUP BY ALL ORDER BY cluster, point
""",
    "severities": """
WITH at_group AS (
    SELECT coalesce(t.parent_id, t.topic_id) AS cluster, g.owner_group, count(*) AS findings,
        count(*) FILTER (n.severity IN ('zero_tolerance', 'critical')) AS critical,
        count(*) FILTER (n.severity = 'major') AS major,
        count(*) FILTER (n.severity IN ('minor', 'observation')) AS minor,
        count(*) FILTER (n.severity IS NULL) AS unknown
    FROM finding n JOIN assessment s USING (assessment_id) JOIN topic t USING (topic_id)
    JOIN owner_group g ON g.facility_id = s.facility_id
    WHERE s.published AND t.pillar = 'labour' GROUP BY ALL
)
SELECT cluster, sum(findings)::BIGINT AS findings, sum(critical)::BIGINT AS critical, sum(major)::BIGINT AS major,
    sum(minor)::BIGINT AS minor, sum(unknown)::BIGINT AS unknown, count(*) AS groups,
    (max(findings) / sum(findings))::DOUBLE AS largest,
    {'groups': count(*) FILTER (critical > 0), 'largest': max(critical) / nullif(sum(critical), 0)} AS critical_owners,
    {'groups': count(*) FILTER (major > 0), 'largest': max(major) / nullif(sum(major), 0)} AS major_owners,
    {'groups': count(*) FILTER (minor > 0), 'largest': max(minor) / nullif(sum(minor), 0)} AS minor_owners,
    {'groups': count(*) FILTER (unknown > 0), 'largest': max(unknown) / nullif(sum(unknown), 0)} AS unknown_owners
FROM at_group GROUP BY cluster ORDER BY findings DESC, cluster
""",
    "trends": """
WITH told AS (
    SELECT *, verification IN ('desk', 'virtual', 'onsite') AS is_verified FROM v_metric_trend
    WHERE indicator_id IN ({indicators}) AND value_number > 0 AND year IS NOT NULL
), latest AS (
    SELECT * FROM told
    QUALIFY row_number() OVER (
        PARTITION BY facility_id, indicator_id, year ORDER BY is_verified DESC, unit, assessment_id
    ) = 1
), paired AS (
    SELECT b.indicator_id, b.unit, b.year, b.facility_id, g.owner_group, b.value_number / a.value_number AS ratio,
        a.unit IS DISTINCT FROM b.unit AS other_unit,
        a.crosswalk_edition IS DISTINCT FROM b.crosswalk_edition OR a.instrument <> b.instrument AS other_method,
        a.is_verified <> b.is_verified AS other_verification,
        NOT (other_unit OR other_method OR other_verification) AS is_comparable
    FROM latest b JOIN owner_group g USING (facility_id)
    JOIN latest a ON a.facility_id = b.facility_id AND a.indicator_id = b.indicator_id AND a.year = b.year - 1
)
SELECT indicator_id, year, mode(unit) FILTER (is_comparable) AS unit,
    count(*) FILTER (is_comparable) AS compared, median(ratio) FILTER (is_comparable) AS median_ratio,
    count(*) FILTER (is_comparable AND ratio <= 1 - {fall}) AS fell,
    count(*) FILTER (is_comparable AND ratio >= 1 + {fall}) AS rose,
    count(*) FILTER (other_unit) AS other_unit, count(*) FILTER (other_method) AS other_method,
    count(*) FILTER (other_verification) AS other_verification,
    count(DISTINCT owner_group) FILTER (is_comparable) AS groups,
    (max(same_owner) FILTER (is_comparable) / nullif(count(*) FILTER (is_comparable), 0))::DOUBLE AS largest
FROM (
    SELECT *, count(*) FILTER (is_comparable) OVER (PARTITION BY indicator_id, year, owner_group) AS same_owner
    FROM paired
)
GROUP BY indicator_id, year ORDER BY indicator_id, year
""",
    "burden": """
WITH at_group AS (
    SELECT b.year, g.owner_group, count(*) AS facilities, bool_or(b.is_running) AS is_running,
        sum(b.visits) AS visits, sum(b.deliveries) AS deliveries, sum(b.assessments) AS assessments,
        sum(b.questions_asked) AS questions, sum(b.questions_again) AS again,
        sum(b.answered_before_directly + b.answered_before_by_implication) AS before,
        sum(b.questions_judged) AS judged, count(b.visits_change) AS compared, sum(b.visits_change) AS visits_change,
        sum(b.questions_asked_change) AS questions_change
    FROM v_burden b JOIN owner_group g USING (facility_id)
    WHERE b.year IS NOT NULL AND len(b.contributors) > 0 GROUP BY ALL
)
SELECT year::INTEGER AS year, bool_or(is_running) AS is_running, sum(facilities)::BIGINT AS facilities,
    sum(deliveries)::BIGINT AS deliveries, sum(assessments)::BIGINT AS assessments, sum(visits)::BIGINT AS visits,
    sum(questions)::BIGINT AS questions, sum(again)::BIGINT AS again, sum(before)::BIGINT AS before,
    sum(judged)::BIGINT AS judged, sum(compared)::BIGINT AS compared, sum(visits_change)::BIGINT AS visits_change,
    sum(questions_change)::BIGINT AS questions_change, count(*) AS groups,
    (max(questions) / nullif(sum(questions), 0))::DOUBLE AS largest,
    {
        'groups': count(*) FILTER (compared > 0), 'largest': max(compared) / nullif(sum(compared), 0)
    } AS compared_owners
FROM at_group GROUP BY year ORDER BY year
""",
}
