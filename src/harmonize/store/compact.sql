-- How answers are kept inside a release: sorted integer keys, and what repeats once. The contract names are views.
-- Answers stand by assessment, assessments by factory; what is appended later stands behind.
CREATE SCHEMA compact;

-- Assessments that have been made, with all that their answers depend on as one hash (`signature`).
CREATE TABLE compact.stored_assessment (
    assessment_no INTEGER NOT NULL,
    assessment_id VARCHAR NOT NULL,
    facility_id VARCHAR NOT NULL,
    instrument VARCHAR NOT NULL,
    edition VARCHAR,
    signature UBIGINT NOT NULL,
    answers BIGINT NOT NULL,
    digest VARCHAR NOT NULL,
    has_both_sides BOOLEAN NOT NULL
);

-- Questions with what their mapping makes of them.
CREATE TABLE compact.question (
    question_no INTEGER NOT NULL,
    question_id VARCHAR NOT NULL,
    mapping_id VARCHAR,
    indicator_id VARCHAR,
    comparability VARCHAR,
    kind VARCHAR,
    is_measured BOOLEAN NOT NULL,
    asks_quantity BOOLEAN NOT NULL,
    plain_unit VARCHAR,
    -- Why the question is none for these factories, whatever stands there.
    not_counted VARCHAR,
    digest UBIGINT NOT NULL
);

-- Places of answers in their files, but for the row number.
CREATE TABLE compact.place (
    place_no INTEGER NOT NULL,
    column_key BIGINT NOT NULL,
    prefix VARCHAR NOT NULL,
    suffix VARCHAR NOT NULL,
    context VARCHAR,
    label_hash VARCHAR,
    digest UBIGINT NOT NULL
);

-- How often each question was answered in each edition of an instrument.
CREATE TABLE compact.asked_question (
    instrument VARCHAR NOT NULL,
    edition VARCHAR,
    question_no INTEGER NOT NULL,
    answers BIGINT NOT NULL
);

-- Answers that make a finding: compliance not met.
CREATE TABLE compact.breach (
    assessment_no INTEGER NOT NULL,
    question_no INTEGER NOT NULL,
    remark_no INTEGER NOT NULL,
    delivery_no INTEGER NOT NULL,
    row_no INTEGER,
    place_no INTEGER NOT NULL
);

-- Values that many answers state, as printed. (Here and in the two that follow, number 0 stands for none: so every answer
-- has one, and joins keep the answers in their order.)
CREATE TABLE compact.stated_text (text_no INTEGER NOT NULL, raw_value VARCHAR, digest UBIGINT);
INSERT INTO compact.stated_text VALUES (0, NULL, NULL);

CREATE TABLE compact.raw_unit (raw_unit_no INTEGER NOT NULL, raw_unit VARCHAR, unit VARCHAR);
INSERT INTO compact.raw_unit VALUES (0, NULL, NULL);

CREATE TABLE compact.remark (
    remark_no INTEGER NOT NULL,
    reason VARCHAR,
    legal_flag BOOLEAN NOT NULL,
    description VARCHAR,
    value_text VARCHAR,
    digest UBIGINT
);
INSERT INTO compact.remark VALUES (0, NULL, false, NULL, NULL, NULL);

-- Assessments whose type says that they follow up what is open; what they follow may not have been delivered.
CREATE TABLE compact.follow_up (assessment_id VARCHAR NOT NULL);

CREATE TABLE compact.delivery (delivery_no INTEGER NOT NULL, file_id VARCHAR NOT NULL);

CREATE TABLE compact.stored_answer (
    assessment_no INTEGER NOT NULL,
    question_no INTEGER NOT NULL,
    answered_by {answered_by} NOT NULL,
    state {state} NOT NULL,
    verification {verification} NOT NULL,
    -- The value as printed: one of `stated_text`, or what few others state.
    text_no INTEGER NOT NULL,
    rare_value VARCHAR,
    value_number DOUBLE,
    raw_unit_no INTEGER NOT NULL,
    remark_no INTEGER NOT NULL,
    delivery_no INTEGER NOT NULL,
    row_no INTEGER,
    place_no INTEGER NOT NULL
);

-- What a delivery says otherwise than what stands, of assessments that were delivered more than once, question by question
-- (`is_absent`: it leaves the question out), and its answers to these questions. Where the delivery that wins is not published,
-- nothing stands, and all that the others say is here.
CREATE TABLE compact.otherwise (
    assessment_no INTEGER NOT NULL,
    assessment_key BIGINT NOT NULL,
    question_id VARCHAR NOT NULL,
    is_absent BOOLEAN NOT NULL
);
CREATE TABLE compact.otherwise_answer (
    assessment_no INTEGER NOT NULL,
    assessment_key BIGINT NOT NULL,
    question_id VARCHAR NOT NULL,
    question_no INTEGER NOT NULL,
    answered_by {answered_by} NOT NULL,
    state {state} NOT NULL,
    verification {verification} NOT NULL,
    text_no INTEGER NOT NULL,
    rare_value VARCHAR,
    value_number DOUBLE,
    raw_unit_no INTEGER NOT NULL,
    remark_no INTEGER NOT NULL,
    row_no INTEGER,
    place_no INTEGER NOT NULL
);

-- How answers were verified by what their own export says, where the factory's programme makes that `auto_accepted`.
CREATE TABLE compact.accepted_answer (
    assessment_no INTEGER NOT NULL,
    question_no INTEGER NOT NULL,
    answered_by {answered_by} NOT NULL,
    verification {verification} NOT NULL
);

-- Files whose answers have been judged: what became of their cells, and what was noticed in them.
CREATE TABLE compact.judged_file (
    file_id VARCHAR NOT NULL,
    content_key VARCHAR NOT NULL,
    signature UBIGINT NOT NULL,
    loaded BIGINT NOT NULL,
    ignored BIGINT NOT NULL,
    quarantined BIGINT NOT NULL
);
CREATE TABLE compact.stored_issue (
    issue_id VARCHAR NOT NULL,
    file_id VARCHAR,
    locator VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    severity {severity} NOT NULL,
    value VARCHAR,
    message VARCHAR NOT NULL,
    hint VARCHAR,
    withheld BOOLEAN NOT NULL,
    is_of_content BOOLEAN NOT NULL
);

-- What each delivery of a repeated assessment says, as one hash.
CREATE TABLE compact.fingerprint (assessment_key BIGINT NOT NULL, signature UBIGINT NOT NULL, fingerprint VARCHAR);

-- Factories whose derived tables have been made, with all that these depend on as one hash.
CREATE TABLE compact.stored_facility (facility_no INTEGER NOT NULL, facility_id VARCHAR NOT NULL, signature UBIGINT NOT NULL);

-- The latest answer of every factory to every indicator.
CREATE TABLE compact.latest (
    facility_no INTEGER NOT NULL,
    question_no INTEGER NOT NULL,
    assessment_no INTEGER NOT NULL,
    answered_by {answered_by} NOT NULL,
    state {state} NOT NULL,
    verification {verification} NOT NULL,
    value_text VARCHAR,
    value_number DOUBLE,
    unit VARCHAR
);

-- Per factory and year (null for rounds without a day), how many questions were asked, and of these answered before.
CREATE TABLE compact.asked_year (
    facility_no INTEGER NOT NULL,
    year INTEGER,
    asked INTEGER NOT NULL,
    asked_distinct INTEGER NOT NULL,
    judged INTEGER NOT NULL,
    before_directly INTEGER,
    before_by_implication INTEGER
);

-- Per assessment and topic, how its questions were answered.
CREATE TABLE compact.topic_count (
    assessment_no INTEGER NOT NULL,
    topic_id VARCHAR NOT NULL,
    answers INTEGER NOT NULL,
    met INTEGER NOT NULL,
    partly_met INTEGER NOT NULL,
    not_met INTEGER NOT NULL,
    breaches INTEGER NOT NULL,
    not_applicable INTEGER NOT NULL
);

-- Per factory, instrument and topic, what its latest assessment says.
CREATE TABLE compact.topic_state (
    facility_no INTEGER NOT NULL,
    topic_id VARCHAR NOT NULL,
    instrument VARCHAR NOT NULL,
    last_assessed_on DATE,
    state VARCHAR NOT NULL,
    is_breach BOOLEAN NOT NULL,
    asked BIGINT,
    met BIGINT,
    partly_met BIGINT,
    not_met BIGINT,
    findings BIGINT
);

-- What this file continues only when it is the same (`harmonize.store.build.release_form`), and by what knowledge the tables
-- were written that come from the knowledge folders; NULL until they are.
CREATE TABLE compact.form (form VARCHAR NOT NULL, knowledge VARCHAR);

-- Assessments of one instrument, edition and country read a question alike.
CREATE TABLE compact.asked_class (class_no INTEGER NOT NULL, instrument VARCHAR NOT NULL, edition VARCHAR, country VARCHAR);

-- What every column means for every class: all that an answer needs but its own value. `digest` is the hash of it, by
-- `knowledge` it was worked out.
CREATE TABLE compact.meaning (
    class_no INTEGER NOT NULL,
    column_key BIGINT NOT NULL,
    question_id VARCHAR NOT NULL,
    context VARCHAR,
    label_hash VARCHAR,
    mapping_id VARCHAR,
    indicator_id VARCHAR,
    comparability VARCHAR,
    kind VARCHAR,
    is_negative BOOLEAN NOT NULL,
    is_ignored BOOLEAN NOT NULL,
    is_measured BOOLEAN NOT NULL,
    asks_quantity BOOLEAN NOT NULL,
    keeps_number BOOLEAN NOT NULL,
    accepted_units VARCHAR,
    basis VARCHAR,
    threshold VARCHAR,
    accepted_bits BIGINT,
    plain_unit VARCHAR,
    not_counted VARCHAR,
    scale_no INTEGER,
    otherwise {state},
    is_loaded_anyway BOOLEAN NOT NULL,
    answered_by {answered_by} NOT NULL,
    verification {verification},
    prefix VARCHAR NOT NULL,
    suffix VARCHAR NOT NULL,
    unit_prefix VARCHAR,
    unit_suffix VARCHAR,
    digest UBIGINT NOT NULL,
    question_no INTEGER NOT NULL,
    place_no INTEGER NOT NULL,
    knowledge VARCHAR NOT NULL
);

-- Which columns are asked together of which classes, and what all of that means as one hash.
CREATE TABLE compact.asked_set (
    set_digest VARCHAR NOT NULL,
    classes INTEGER[] NOT NULL,
    signature UBIGINT NOT NULL,
    knowledge VARCHAR NOT NULL
);

-- Which mapping reads which clause of a finding, by the knowledge that decided it.
CREATE TABLE compact.read_clause (
    class_no INTEGER NOT NULL,
    clause VARCHAR NOT NULL,
    mapping_id VARCHAR,
    knowledge VARCHAR NOT NULL
);

-- How much of what two contents state is stated alike, by what their answers meant when they were compared.
CREATE TABLE compact.likeness (
    content_a BIGINT NOT NULL,
    signature_a UBIGINT NOT NULL,
    content_b BIGINT NOT NULL,
    signature_b UBIGINT NOT NULL,
    compared BIGINT NOT NULL,
    agreeing BIGINT NOT NULL,
    telling BIGINT NOT NULL,
    uncommon BIGINT NOT NULL
);

-- How many questions of a losing content the winning ones answer too, and how many of these alike.
CREATE TABLE compact.agreement (
    assessment_id VARCHAR NOT NULL,
    copy_id VARCHAR NOT NULL,
    compared BIGINT NOT NULL,
    agreeing BIGINT NOT NULL
);

-- How well what a follow-up prints as closed is the closing check of a finding that it follows up: the same clause or
-- indicator, and where both are numbered, the same number or text; null where it is none. The highest checks.
CREATE MACRO compact.closing_fit(
    clause, checked_clause, indicator, checked_indicator, number, checked_number, description, checked_description
) AS CASE
    WHEN coalesce(lower(trim(clause)) = lower(trim(checked_clause)) OR indicator = checked_indicator, false)
        AND (coalesce(number = checked_number, true) OR lower(trim(description)) = lower(trim(checked_description)))
    THEN 4 * coalesce(number = checked_number, false)::INTEGER
        + 2 * coalesce(lower(trim(description)) = lower(trim(checked_description)), false)::INTEGER
        + coalesce(lower(trim(clause)) = lower(trim(checked_clause)), false)::INTEGER
END;

-- What a grant follows: which records hang together by identifiers, equal statements and decisions alone (`sure_group` is
-- the first of them), what each record states itself, and by what a copy is held to be one of its report.
CREATE TABLE compact.sure_record (mention_id VARCHAR NOT NULL, sure_group VARCHAR NOT NULL);
CREATE TABLE compact.stated_identifier (
    mention_id VARCHAR NOT NULL,
    scheme VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    valid BOOLEAN NOT NULL
);
CREATE TABLE compact.copy_evidence (copy_id VARCHAR NOT NULL, evidence VARCHAR NOT NULL);

-- Whether two answers to one question say different things: another state, number, text or unit. (Two numbers are compared
-- as numbers, however they are printed.)
CREATE MACRO compact.differs(state, other_state, number, other_number, said, other_said, unit, other_unit) AS
    state <> other_state
    OR (number IS NOT NULL AND other_number IS NOT NULL
        AND abs(number - other_number) > 1e-9 * greatest(abs(number), abs(other_number)))
    OR ((number IS NULL OR other_number IS NULL) AND lower(said) IS DISTINCT FROM lower(other_said))
    OR unit IS DISTINCT FROM other_unit;
