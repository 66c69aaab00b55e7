-- Each touched assessment with the digest of its answers.
-- Reads: touched_assessment, made_assessment, made_number, release.compact. Writes: release.compact.stored_assessment.
INSERT INTO release.compact.stored_assessment
SELECT
    n.assessment_no, t.assessment_id, t.facility_id, t.instrument, m.edition, t.signature, coalesce(d.answers, 0),
    coalesce(d.digest, ''), coalesce(d.has_both_sides, false)
FROM touched_assessment t
JOIN made_number n USING (assessment_id)
JOIN made_assessment m USING (assessment_id)
LEFT JOIN (
    -- The content of the answers as one number, whatever their order and their inner numbers.
    SELECT
        a.assessment_no,
        count(*) AS answers,
        min(a.answered_by) <> max(a.answered_by) AS has_both_sides,
        sum(hash(
            q.digest, p.digest, f.digest, a.row_no, a.answered_by, a.state, a.verification,
            coalesce(t.digest, hash(a.rare_value)), a.value_number, u.digest, r.digest
        )::HUGEINT)::VARCHAR AS digest
    FROM release.compact.stored_answer a
    JOIN made_number USING (assessment_no)
    JOIN release.compact.question q USING (question_no)
    JOIN release.compact.place p USING (place_no)
    JOIN (SELECT delivery_no, hash(file_id) AS digest FROM release.compact.delivery) f USING (delivery_no)
    JOIN release.compact.stated_text t USING (text_no)
    JOIN (SELECT raw_unit_no, hash(raw_unit, unit) AS digest FROM release.compact.raw_unit) u USING (raw_unit_no)
    JOIN release.compact.remark r USING (remark_no)
    GROUP BY a.assessment_no
) d ON d.assessment_no = n.assessment_no
ORDER BY n.assessment_no;
