-- What the touched answers say as a whole: the digest of each assessment, how often each question was answered, conflicts.
-- Reads: touched_assessment, stale_assessment, made_assessment, made_number, question_count, delivery_group, made_copy,
--        answer_conflict, made_agreement, release.compact. Writes: release.compact, release.conflict.
INSERT INTO question_count
SELECT s.instrument, s.edition, a.question_no, count(*)
FROM release.compact.stored_answer a
JOIN (
    SELECT assessment_no, instrument, edition
    FROM release.compact.stored_assessment
    SEMI JOIN made_number USING (assessment_no)
) s USING (assessment_no)
GROUP BY ALL;

INSERT INTO question_count SELECT * FROM release.compact.asked_question;
DELETE FROM release.compact.asked_question;
INSERT INTO release.compact.asked_question
SELECT instrument, edition, question_no, sum(answers)::BIGINT
FROM question_count
GROUP BY ALL
HAVING sum(answers) > 0
ORDER BY ALL;

DELETE FROM release.compact.fingerprint WHERE assessment_key NOT IN (SELECT assessment_key FROM delivery_group);

-- Where several deliveries disagree: answers, and grades. (Dates and scores follow the status of a delivery.)
DELETE FROM release.compact.agreement WHERE assessment_id IN (SELECT assessment_id FROM stale_assessment);
INSERT INTO release.compact.agreement SELECT * FROM made_agreement ORDER BY ALL;

DELETE FROM release.conflict WHERE question_id = 'rating' OR assessment_id IN (SELECT assessment_id FROM stale_assessment);
INSERT INTO release.conflict BY NAME
SELECT * FROM answer_conflict
UNION ALL
SELECT
    c.assessment_id, 'rating', c.copy_id, g.rating_raw, a.rating_raw, 'the winning delivery states it otherwise', w.copy_id,
    c.locator, w.locator
FROM delivery_group g
JOIN made_copy c ON c.file_id = g.file_id AND c.assessment_no = g.assessment_no
JOIN made_assessment a USING (assessment_id)
JOIN (
    SELECT c.assessment_id, arg_min(c.copy_id, g.delivery_rank) AS copy_id, arg_min(c.locator, g.delivery_rank) AS locator
    FROM delivery_group g
    JOIN made_copy c ON c.file_id = g.file_id AND c.assessment_no = g.assessment_no
    WHERE g.rating_raw IS NOT NULL
    GROUP BY c.assessment_id
) w USING (assessment_id)
WHERE g.delivery_rank > 1 AND g.rating_raw <> a.rating_raw
ORDER BY assessment_id, question_id, copy_id;
