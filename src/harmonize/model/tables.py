"""The tables of contract version 1: names and meanings that buyers rely on.

Each class is one table, each field one column; the docstring and the descriptions become the data dictionary, the
annotations the Arrow, DuckDB and JSON schemas (`harmonize.model.contract`). Columns may be added, none renamed.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["CONTRACT_VERSION", "TABLES", "TableModel"]

CONTRACT_VERSION = "1.1.0"

AnswerState = Literal[
    "met",
    "partly_met",
    "not_met",
    "no_finding",
    "informational",
    "not_selected",
    "not_applicable",
    "not_asked",
    "unanswered",
    "unknown_to_facility",
    "unable_to_assess",
]
AssessmentKind = Literal["self", "verified", "audit", "inspection", "self_inspection", "transparency"]
AnsweredBy = Literal["facility", "verifier"]
Verification = Literal["none", "desk", "virtual", "onsite", "auto_accepted"]
CommonSeverity = Literal["zero_tolerance", "critical", "major", "minor", "observation"]
FindingStatus = Literal["open", "in_progress", "overdue", "closed"]
IndicatorKind = Literal["compliance", "practice", "quantity", "category", "date", "text"]
FileStatus = Literal["loaded", "loaded_with_issues", "duplicate", "refused", "ignored"]
LinkMethod = Literal["id", "exact", "model", "decision", "single"]
CopyRelation = Literal["original", "copy", "reupload", "amended"]


class TableModel(BaseModel):
    """One row of a contract table."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Facility(TableModel):
    """One factory site."""

    facility_id: str = Field(description="Stable id, minted once and kept in the ledger.")
    name: str | None = Field(description="Name in Latin script, from the best documented mention.")
    name_local: str | None = Field(description="Name in the script of the country, where an export prints one.")
    address: str | None = Field(description="Street address as the best documented mention writes it.")
    country: str | None = Field(description="ISO 3166-1 alpha-2.")
    admin1: str | None = Field(description="Province as in force today (Vietnam: the 34 of 1 July 2025).")
    latitude: float | None = Field(description="Decimal degrees, WGS 84.")
    longitude: float | None = Field(description="Decimal degrees, WGS 84.")
    sector: str | None = Field(description="Industry sector or facility type, as printed.")
    workers: int | None = Field(description="Head count of the latest dated mention that states one.")
    os_id: str | None = Field(description="Open Supply Hub id with a valid check character.")
    tax_code: str | None = Field(description="Tax code that passes its country's check.")
    mention_count: int = Field(description="How many records name this factory.")
    first_seen: date | None = Field(description="Earliest dated delivery or assessment.")
    last_seen: date | None = Field(description="Latest dated delivery or assessment.")


class FacilityIdentifier(TableModel):
    """An identifier that some export states for a factory; invalid ones are kept and never link."""

    facility_id: str = Field(description="The factory.")
    scheme: str = Field(description="os_id, higg_id, tax_code, ... or assessment:<instrument>.")
    value: str = Field(description="The identifier, cleaned.")
    valid: bool = Field(description="Passes pattern and check digit.")
    source: str = Field(description="Instruments that state it, separated by commas.")


class FacilityAlias(TableModel):
    """A facility id that was merged away and still resolves."""

    old_id: str = Field(description="The retired id.")
    facility_id: str = Field(description="The id that holds now.")


class FacilityRelation(TableModel):
    """Two factories that belong together without being one; every pair once. Nothing is linked or shared by it.

    `unit_of`: `facility_id` bears the name of `related_id` at its plot and street, and a unit, building or branch
    besides. `same_company` has no direction, the smaller id comes first: both state the identifier of one company, or
    bear one name as its units or branches; what stands on very many factories says nothing. `renamed_from` is stated by
    no run yet: a factory that was renamed keeps its id.
    """

    facility_id: str = Field(description="The factory; of a pair without direction the smaller id.")
    related_id: str = Field(description="The other factory.")
    kind: Literal["unit_of", "same_company", "renamed_from"] = Field(description="How they are related.")


class FacilityMention(TableModel):
    """A factory as one export writes it: one per assessment header and per register row."""

    mention_id: str = Field(description="Hash of file and place.")
    facility_id: str = Field(description="The factory it was resolved to.")
    file_id: str = Field(description="The file.")
    locator: str = Field(description="The place in the file.")
    contributor: str = Field(description="Who handed the file in.")
    instrument: str = Field(description="The instrument or register.")
    name: str | None = Field(description="Name as printed.")
    address: str | None = Field(description="Address as printed, parts joined by commas.")
    country: str | None = Field(description="ISO 3166-1 alpha-2.")
    link_method: LinkMethod = Field(description="How it was attached to the factory.")
    link_probability: float | None = Field(description="Estimated probability that the link is right, 0 to 1.")
    decision_key: str = Field(description="Key under which a decision finds this mention again after a re-export.")
    name_local: str | None = Field(description="Name in local script as printed.")
    admin1: str | None = Field(description="Province as in force today.")
    latitude: float | None = Field(description="Decimal degrees.")
    longitude: float | None = Field(description="Decimal degrees.")
    workers: int | None = Field(description="Head count as stated.")
    extra: str | None = Field(description="Columns, labels and keys that the profile does not name, as JSON.")


class Assessment(TableModel):
    """A visit or self-assessment, once, whoever delivered it."""

    assessment_id: str = Field(description="Stable id, minted once and kept in the ledger.")
    facility_id: str = Field(description="The factory.")
    instrument: str = Field(description="The tool it was made with.")
    edition: str | None = Field(description="Version of the tool.")
    kind: AssessmentKind = Field(description="Self, verified, audit, inspection, self-inspection, transparency list.")
    assessed_on: date | None = Field(description="The day the instrument dates it by.")
    ended_on: date | None = Field(description="The last day on site; null where the export states none.")
    period_start: date | None = Field(description="Start of the reporting period.")
    period_end: date | None = Field(description="End of the reporting period.")
    valid_until: date | None = Field(description="Expiry where one is stated.")
    valid_until_basis: Literal["scheme", "certificate", "buyer_policy", "none"] | None = Field(
        description="Whose rule the expiry is."
    )
    verified: bool = Field(description="Its answers were verified or made by an assessor.")
    status: str | None = Field(description="Native status, for example VRF.")
    rating_raw: str | None = Field(description="Native grade, verbatim.")
    score: float | None = Field(description="Native total score; null where the instrument has none.")
    visit_id: str = Field(description="Assessments of one visit share it.")
    verified_of: str | None = Field(description="The self-assessment that this one verifies.")
    follow_up_of: str | None = Field(description="The assessment that this one follows up.")
    supersedes: str | None = Field(description="The previous assessment of the same cycle line.")
    announcement: str | None = Field(description="Announced, semi-announced, unannounced, as printed.")
    evidence_from: date | None = Field(description="First day the evidence covers.")
    evidence_to: date | None = Field(description="Last day the evidence covers.")
    copy_count: int = Field(description="Deliveries of this assessment, the original included.")
    native_id: str | None = Field(description="Id that the instrument prints.")
    assessment_type: str | None = Field(description="Native type, for example Initial or Follow-up.")
    assessor: str | None = Field(description="The assessing organisation as printed (never a person).")
    published: bool = Field(description="False for deleted or never posted assessments: no answers, never shared.")


class AssessmentCopy(TableModel):
    """An assessment as one contributor delivered it."""

    copy_id: str = Field(description="Hash of file and place.")
    assessment_id: str = Field(description="The assessment.")
    file_id: str = Field(description="The file.")
    locator: str = Field(description="The place in the file.")
    contributor: str = Field(description="Who handed it in.")
    native_id: str | None = Field(description="Id that the copy prints.")
    relation: CopyRelation = Field(description="Original, copy, re-upload or amended.")
    received_at: date | None = Field(description="Date of delivery from its received-YYYY-MM-DD folder.")
    wins: bool = Field(description="This delivery is the first in the order in which deliveries win.")
    evidence: str | None = Field(description="Why it is held to be this assessment: native id, or facility and date.")
    confidence: float = Field(
        description="How sure it is that this is a delivery of the assessment, 0 to 1 (`schemas/copies.yml`); 1 for a "
        "single one."
    )
    agreement: float | None = Field(
        description="Of what it states and what stands state both, the share that is stated alike; of findings also "
        "what one of them leaves out counts. Null for the winning delivery."
    )
    compared: int | None = Field(description="How many answers and findings were compared for it.")
    assessed_on: date | None = Field(description="The day that this copy prints.")
    status: str | None = Field(description="The native status that this copy prints.")
    updated_at: str | None = Field(description="Its last update as the copy prints it, ISO 8601.")
    decision_key: str | None = Field(
        description="Key under which a decision finds the report after a re-export; null without number and day."
    )


class DoubtfulCopy(TableModel):
    """Two deliveries of which only a person can say whether they are one report (`harmonize assessments doubtful`).

    `apart`: two assessments of one factory and instrument that may be one report. `merged`: two copies of one
    assessment of which much differs, or whose days lie far apart. What was decided stands here no more.
    """

    facility_id: str = Field(description="The factory.")
    instrument: str = Field(description="The instrument.")
    assessment_a: str = Field(description="The assessment.")
    copy_a: str = Field(description="Its winning copy.")
    assessment_b: str = Field(description="The other assessment; of merged copies the same one.")
    copy_b: str = Field(description="Its winning copy; of merged copies the one that differs.")
    stands: Literal["apart", "merged"] = Field(description="How the machine left them.")
    evidence: str = Field(description="What speaks for one report, in words.")
    days_apart: int | None = Field(description="Days between their dates; null where one has none.")
    compared: int | None = Field(description="Answers and findings that could be compared.")
    agreement: float | None = Field(description="The share of these that are alike.")
    confidence: float = Field(description="How sure it is that they are one report, 0 to 1 (`schemas/copies.yml`).")


class ReportDifference(TableModel):
    """One report that says different things to different receivers: a signal for the steward and the factory first.

    Nobody decides here who is right. An amendment, which has a later status or update, is none. `version` is `same`
    where both copies print the same status and update, or print none and came on one day; `unknown` where nothing tells
    whether one amends the other.
    """

    facility_id: str = Field(description="The factory.")
    assessment_id: str = Field(description="The report.")
    question_id: str = Field(description="The question, finding or header field.")
    version: Literal["same", "unknown"] = Field(description="Whether both are known to be one version.")
    copy_a: str = Field(description="The copy whose value stands, by the order in which deliveries win.")
    contributor_a: str = Field(description="Who was given it.")
    value_a: str | None = Field(description="What it says; null where it leaves the finding out.")
    locator_a: str = Field(description="Where, in the file of the copy.")
    copy_b: str = Field(description="The other copy.")
    contributor_b: str = Field(description="Who was given it.")
    value_b: str | None = Field(description="What it says; null where it leaves the finding out.")
    locator_b: str = Field(description="Where, in the file of the copy.")


class AssessmentRelation(TableModel):
    """Two assessments of different instruments that rest on one visit; each pair stands once."""

    assessment_id: str = Field(description="The assessment that restates, or the one of the instrument first by name.")
    related_id: str = Field(description="The assessment that it restates, or the other one.")
    kind: Literal["same_visit_other_instrument", "rating_derived_from"] = Field(description="How they are related.")
    evidence: str = Field(description="What shows it.")
    days_apart: int = Field(description="Days between the two dates.")


class AssessmentScope(TableModel):
    """Which topics an assessment covers."""

    assessment_id: str = Field(description="The assessment.")
    topic_id: str = Field(description="The topic.")
    scope: Literal["in", "out", "unknown"] = Field(description="Covered, not covered, not known.")


class Answer(TableModel):
    """One answer of the winning delivery; blanks make no row."""

    assessment_id: str = Field(description="The assessment.")
    facility_id: str = Field(description="The factory; a condition on it finds its answers among all at once.")
    question_id: str = Field(description="Their question.")
    indicator_id: str | None = Field(description="Our indicator; null where unmapped.")
    comparability: str | None = Field(description="exact, close, broad, narrow, related: predicate of the mapping.")
    state: AnswerState = Field(description="What the answer means.")
    value_text: str | None = Field(description="The answer as text, trimmed, NFC.")
    value_number: float | None = Field(description="The number in `unit`.")
    unit: str | None = Field(description="Common unit: MJ, L, kg, kgCO2e, ...")
    value_date: date | None = Field(description="The date, for questions that ask one.")
    raw_value: str | None = Field(description="The cell as printed.")
    raw_unit: str | None = Field(description="The unit as printed.")
    answered_by: AnsweredBy = Field(description="Facility, or verifier where one corrected or assessed.")
    verification: Verification = Field(description="How this answer was verified.")
    reason: str | None = Field(description="Why it has its state, where that is not in the value.")
    legal_flag: bool = Field(description="Marked as a legal non-compliance in the export.")
    file_id: str = Field(description="The file of the winning cell.")
    locator: str = Field(description="The place in the file.")
    mapping_id: str | None = Field(description="The row of `crosswalk` that gave the meaning.")


class Finding(TableModel):
    """Something found wrong: a finding row, or a not_met answer of a compliance indicator."""

    finding_id: str = Field(description="Stable id.")
    assessment_id: str = Field(description="The assessment.")
    indicator_id: str | None = Field(description="Our indicator; null where the clause is unknown.")
    topic_id: str | None = Field(description="Our topic.")
    clause_raw: str | None = Field(description="Their clause or question.")
    severity: CommonSeverity | None = Field(description="Common severity; null where the instrument has none.")
    severity_raw: str | None = Field(description="Severity as printed.")
    description: str | None = Field(description="Text as printed.")
    root_cause: str | None = Field(description="Root cause as printed.")
    legal_reference: str | None = Field(description="Law as printed.")
    status: FindingStatus | None = Field(description="Common status.")
    status_raw: str | None = Field(description="Status as printed.")
    due_on: date | None = Field(description="Due date.")
    closed_on: date | None = Field(description="Day it was closed.")
    native_id: str | None = Field(description="Finding number where one is printed.")
    made_from: Literal["row", "answer"] = Field(description="A finding row, or an answer that is not met.")
    file_id: str = Field(description="The file.")
    locator: str = Field(description="The place in the file.")
    mapping_id: str | None = Field(description="The row of `crosswalk` that gave the meaning.")
    extra: str | None = Field(description="Columns, labels and keys that the profile does not name, as JSON.")


class CorrectiveAction(TableModel):
    """What the factory does about a finding."""

    action_id: str = Field(description="Stable id.")
    finding_id: str | None = Field(
        description="The finding; null where a plan names an issue that no assessment holds."
    )
    action: str | None = Field(description="Text as printed.")
    due_on: date | None = Field(description="Due date.")
    status: FindingStatus | None = Field(description="Common status.")
    file_id: str = Field(description="The file.")
    locator: str = Field(description="The place in the file.")
    facility_id: str | None = Field(description="The factory.")
    status_raw: str | None = Field(description="Status as printed.")
    issue_raw: str | None = Field(description="The matter as the plan writes it.")
    responsible: str | None = Field(description="Function responsible, where printed.")


class Score(TableModel):
    """A native score or level; never computed by us."""

    assessment_id: str = Field(description="The assessment.")
    section: str = Field(description="Section as the instrument names it; total for the whole.")
    level: str | None = Field(description="Level inside the section; null for the section's own score.")
    score: float | None = Field(description="Points; null where a level is locked.")
    maximum: float | None = Field(description="Points that could be reached, where stated.")
    answered_by: AnsweredBy = Field(description="Self or verified score.")
    value_text: str | None = Field(description="Applicability codes and other words.")


class Conflict(TableModel):
    """A value of a losing delivery that differs from the winning one."""

    assessment_id: str = Field(description="The assessment.")
    question_id: str = Field(description="The question or header field.")
    copy_id: str = Field(description="The losing copy.")
    value_raw: str | None = Field(description="Its value.")
    winning_value_raw: str | None = Field(description="The value that won.")
    reason: str = Field(description="The rule that decided.")
    winning_copy_id: str = Field(description="The copy whose value won.")
    locator: str = Field(description="Where the losing value stands, in the file of its copy.")
    winning_locator: str = Field(description="Where the winning value stands, in the file of its copy.")


class Contradiction(TableModel):
    """Two assessments of one factory that answer one indicator differently: a difference to explain.

    Both are of one basis and threshold, of two visits or two instruments, and their evidence overlaps; no action was
    closed in between. A self-assessment and what verifies it do not contradict each other, nor do two assessments of
    one instrument on two days, unless both state which months they saw: that is a change in time.
    `v_contradiction` ranks.
    """

    facility_id: str = Field(description="The factory.")
    indicator_id: str = Field(description="The indicator.")
    assessment_a: str = Field(description="The earlier assessment.")
    state_a: AnswerState = Field(description="Its state.")
    assessment_b: str = Field(description="The later assessment.")
    state_b: AnswerState = Field(description="Its state.")
    days_apart: int = Field(description="Days between them.")
    basis: str | None = Field(description="What both are held against: national_law, international_standard, ...")
    threshold: str | None = Field(description="The threshold of the questions, where one states it.")
    severity: CommonSeverity | None = Field(
        description="Common severity of what was found on the side that is not met; null where its scheme prints none."
    )
    severity_raw: str | None = Field(description="The word of that scheme.")
    question_a: str | None = Field(description="The question or clause that speaks for the earlier side.")
    comparability_a: str | None = Field(description="Predicate of its mapping.")
    said_a: str | None = Field(description="Its answer or finding as printed.")
    verification_a: Verification | None = Field(description="How it was verified.")
    file_a: str | None = Field(description="The file.")
    locator_a: str | None = Field(description="The place in the file.")
    question_b: str | None = Field(description="The question or clause that speaks for the later side.")
    comparability_b: str | None = Field(description="Predicate of its mapping.")
    said_b: str | None = Field(description="Its answer or finding as printed.")
    verification_b: Verification | None = Field(description="How it was verified.")
    file_b: str | None = Field(description="The file.")
    locator_b: str | None = Field(description="The place in the file.")


class Overlap(TableModel):
    """How often one indicator was asked of one factory in a calendar year, where it was asked more than once.

    Counted are rounds of questions: a visit, whatever its instruments, with the self-assessments that it verified, in
    the year of its last day on site. Exports that list findings alone prove only what they list. `v_overlap` says who
    asked.
    """

    facility_id: str = Field(description="The factory.")
    indicator_id: str = Field(description="The indicator.")
    window_start: date = Field(description="First day of the calendar year.")
    times_asked: int = Field(description="Distinct rounds of questions (visits) that asked it.")
    assessments: list[str] = Field(description="The assessments.")


class Burden(TableModel):
    """The ledger of burden: what was done at one factory in one year, and what came of it.

    Visits, questions and findings stand in the year of the visit's last day on site, assessments, deliveries and what
    was taken over in that of the assessment's own. There is a row for every year in which anything was assessed or
    closed, or stood open at its end; a row without contributors says that nothing was delivered, not that nobody came.
    What nothing states is null, never 0. `schemas/burden.md` has the query that derives every figure from the other
    tables.
    """

    facility_id: str = Field(description="The factory.")
    year: int | None = Field(description="Calendar year; null for what states no day.")
    visits: int = Field(description="Distinct visits: what is not a self-assessment, each visit once.")
    visits_audit: int = Field(description="Of these with an audit.")
    visits_inspection: int = Field(description="Of these with an inspection.")
    visits_verification: int = Field(description="Of these with a verification of a self-assessment.")
    visits_by_instrument: str = Field(description="Visits by instrument, as JSON; one visit may serve several.")
    visits_announced: int | None = Field(description="Visits that say they were announced; null where none says how.")
    visits_semi_announced: int | None = Field(description="Visits announced within a window.")
    visits_unannounced: int | None = Field(description="Visits that were not announced.")
    visits_announcement_stated: int | None = Field(description="Visits that say how they were announced.")
    assessment_days: int | None = Field(description="Days of the visits that state a first and a last day.")
    visits_days_stated: int | None = Field(description="Visits that state both; null without visits.")
    self_assessments: int = Field(description="Self-assessments and self-inspections.")
    assessments: int = Field(description="Assessments of all kinds, self-assessments included.")
    contributors: list[str] = Field(description="Who delivered them.")
    deliveries: int = Field(description="How often they were delivered.")
    copies_recognised: int = Field(description="Deliveries of what was here already: not counted as assessments again.")
    questions_asked: int = Field(description="Indicators asked, once per round of questions.")
    questions_distinct: int = Field(description="Distinct indicators asked.")
    questions_again: int = Field(description="Asked again in the same year: asked less distinct; the sum of `overlap`.")
    questions_judged: int = Field(description="Of those asked, what is met or not met (compliance and practice).")
    answered_before_directly: int | None = Field(
        description="Of those judged, what an earlier round had answered within the months of `schemas/burden.yml`."
    )
    answered_before_by_implication: int | None = Field(
        description="Of the rest, what followed from an earlier answer to a wider or narrower indicator."
    )
    answered_before_share: float | None = Field(description="Both together as a share of those judged.")
    visits_shared: int | None = Field(description="Visits whose report several contributors hold.")
    further_holders: int | None = Field(description="Contributors that hold a report beyond its first holder, summed.")
    reuse_joint: int | None = Field(description="Further instruments that a visit served beside its first, summed.")
    reuse_restated: int | None = Field(
        description="Ratings that restate another instrument's visit; null where no instrument of the year does so."
    )
    reuse_taken_over: int | None = Field(
        description="Assessments that name another programme's in place of one of their own; null as above."
    )
    findings_opened: int = Field(description="Findings of the year's visits, as each instrument lists them.")
    findings_closed: int | None = Field(
        description="Findings closed in the year; null where none is known and some may be: no state, no day."
    )
    findings_closed_undated: int = Field(description="Of those opened, closed by now on a day that nothing states.")
    findings_without_status: int = Field(description="Of those opened, nothing states whether they are open.")
    findings_open_at_end: int | None = Field(
        description="Known to be open on 31 December, or on the day of judgement; null where no state is known."
    )
    findings_overdue_at_end: int | None = Field(description="Of these past due; null where none states when it is due.")
    median_days_to_close: float | None = Field(description="From the visit's last day, of those closed in the year.")


class Indicator(TableModel):
    """A question of the common language."""

    indicator_id: str = Field(description="Stable id, for example labour.compensation.minimum_wage.paid.")
    topic_id: str = Field(description="Home topic.")
    kind: IndicatorKind = Field(description="What sort of answer it takes; only compliance opens findings.")
    unit: str | None = Field(description="Common unit of a quantity.")
    level: str | None = Field(description="Maturity level where the topic has levels.")
    labels: str = Field(description="Labels by language, as JSON.")
    labels_reviewed: list[str] = Field(
        description="Languages whose label a person has read; the others are a machine's."
    )
    definitions: str = Field(description="One-line definitions by language, as JSON.")
    facets: list[str] = Field(description="Cross-cutting facets.")
    ilo: list[str] = Field(description="ILO instruments.")
    sdg: list[str] = Field(description="Sustainable development goals.")


class IndicatorBroader(TableModel):
    """What is not met of an indicator is not met of the broader one; what is met of this is met of the narrower."""

    indicator_id: str = Field(description="The narrower indicator.")
    broader_id: str = Field(description="The broader indicator, directly or by others in between.")
    steps: int = Field(description="How many statements lead to it; 1 is stated directly.")
    path: list[str] = Field(description="The indicators on the shortest way, both ends included.")


class Topic(TableModel):
    """A home topic: Better Work's compliance points and Higg FEM's sections and levels."""

    topic_id: str = Field(description="Stable id.")
    parent_id: str | None = Field(description="The topic above.")
    pillar: str = Field(description="labour, environment, management, ethics, community, general.")
    labels: str = Field(description="Labels by language, as JSON.")
    labels_reviewed: list[str] = Field(
        description="Languages whose label a person has read; the others are a machine's."
    )
    definitions: str = Field(description="One-line definitions by language, as JSON.")


class Law(TableModel):
    """A law, decree or standard that indicators refer to; one that was replaced stays."""

    law_id: str = Field(description="Country and number, for example VN:45/2019/QH14.")
    country: str = Field(description="ISO 3166-1 alpha-2.")
    number: str = Field(description="Number or name by which the country cites it.")
    title: str = Field(description="Title of our own, in English.")
    authority: str = Field(description="Who made it.")
    year: int = Field(description="Year in which it was made.")
    valid_from: date | None = Field(description="First day on which it held; null where that is not known.")
    valid_to: date | None = Field(description="Last day on which it held; null is open.")
    replaced_by: str | None = Field(description="The law in its place.")


class IndicatorLaw(TableModel):
    """A law that an indicator refers to, and those that it replaced."""

    indicator_id: str = Field(description="The indicator.")
    law_id: str = Field(description="The law.")
    article: str | None = Field(description="The article; null for the whole law, and of laws that were replaced.")


class Instrument(TableModel):
    """A tool that assesses factories, or a register that lists them."""

    instrument: str = Field(description="Short name.")
    title: str = Field(description="Full name.")
    owner: str | None = Field(description="Who owns the tool.")
    kind: str = Field(description="assessment or register.")


class InstrumentRights(TableModel):
    """Who may grant what of an instrument (the second key beside a grant)."""

    instrument: str = Field(description="The instrument.")
    who_may_grant: str = Field(description="facility, programme, brand, member, account.")
    onward_sharing: bool = Field(description="Receivers may pass it on.")
    derived_scores: bool = Field(description="Scores derived from it may be shared.")
    public_use: bool = Field(description="It may be shown publicly.")
    terms_version: str | None = Field(description="Version of the terms this follows.")
    cleared: bool = Field(description="A lawyer has confirmed it; false defaults to the cautious side.")


class Crosswalk(TableModel):
    """One mapping of their question to our indicator."""

    mapping_id: str = Field(description="Stable id.")
    instrument: str = Field(description="The instrument.")
    edition: str = Field(description="Edition of the crosswalk.")
    question_id: str = Field(description="Their question.")
    predicate: str | None = Field(description="exact, close, broad, narrow, related; null when ignored.")
    indicator_id: str | None = Field(description="Our indicator; null when ignored.")
    confidence: float | None = Field(description="0 to 1.")
    status: str = Field(description="draft, proposed, approved, retired.")
    polarity: str | None = Field(description="positive, negative, none.")
    scale: str | None = Field(description="The scale that reads its answers.")
    basis: str | None = Field(description="national_law, international_standard, buyer_code, good_practice.")
    level: str | None = Field(description="Level of the question in this edition.")
    threshold: str | None = Field(description="Threshold where one exists.")
    condition: str | None = Field(description="Whom it is asked of: country=VN|KH; null is everyone.")
    reason: str | None = Field(description="Why it is ignored.")


class Entailment(TableModel):
    """What an answer to their question says of our indicator; what is not listed implies nothing."""

    comparability: str = Field(description="Predicate of the mapping.")
    state: AnswerState = Field(description="State of their question.")
    implied_state: AnswerState = Field(description="State of our indicator.")


class File(TableModel):
    """One file of the inbox, or one member of an archive."""

    file_id: str = Field(description="Hash of path and content.")
    content_id: str = Field(description="SHA-256 of the bytes.")
    path: str = Field(description="Path relative to the inbox; a.zip!/b.csv for a member.")
    contributor: str = Field(description="First folder of the path.")
    instrument: str | None = Field(description="What it was recognised as.")
    edition: str | None = Field(description="Edition where the whole file has one.")
    status: FileStatus = Field(description="What became of it.")
    bytes: int = Field(description="Size.")
    cells_total: int = Field(description="Answer-bearing cells, counted by the reader.")
    cells_blank: int = Field(description="Of these blank.")
    cells_loaded: int = Field(description="Of these loaded.")
    cells_ignored: int = Field(description="Of these ignored with a reason.")
    cells_quarantined: int = Field(description="Of these withheld.")
    received_at: date | None = Field(description="Date of delivery.")
    layout: str | None = Field(description="Layout of the instrument's export.")
    duplicate_of: str | None = Field(description="The file that was loaded instead.")


class IssueRow(TableModel):
    """Everything noticed."""

    issue_id: str = Field(description="Hash of file, place, code and value.")
    file_id: str | None = Field(description="The file; null for issues between files.")
    locator: str = Field(description="The place in the file.")
    code: str = Field(description="Key of the issue catalogue.")
    severity: Literal["info", "warning", "error"] = Field(description="How much it matters.")
    value: str | None = Field(description="The value as printed, shortened.")
    message: str = Field(description="One sentence.")
    hint: str | None = Field(description="What to do.")


class Quarantine(IssueRow):
    """What was withheld from the tables."""


class ConsentGrant(TableModel):
    """A grant of a factory to an audience, as a registrar delivered it."""

    grant_id: str = Field(description="Id that the register prints.")
    facility_scheme: str = Field(description="Identifier scheme of the facility.")
    facility_value: str = Field(description="Identifier of the facility.")
    instrument: str = Field(description="Instrument, or *.")
    assessment: str = Field(description="Native assessment id, or *.")
    audience: str = Field(description="Who may see it.")
    scope: str = Field(description="summary, findings, answers, full.")
    valid_from: date | None = Field(description="First day.")
    valid_to: date | None = Field(description="Last day; null is open.")
    purpose: str | None = Field(description="Purpose.")
    evidence: str | None = Field(description="Where the consent is written.")
    revoked_on: date | None = Field(description="Day of revocation.")
    file_id: str = Field(description="The file.")
    locator: str = Field(description="The place in the file.")
    granted_by: str | None = Field(description="Who granted it, as the register prints it.")
    signatory_role: str | None = Field(description="In which role, as printed; roles stand in sharing_rights.yml.")
    granted_on: date | None = Field(description="The day on which it was granted.")
    text_version: str | None = Field(description="Version of the text that was agreed to.")
    onward_use: str | None = Field(description="What the audience may do with it beyond reading, as printed.")
    retention_until: date | None = Field(description="Last day on which the audience may keep it; null is open.")
    identifier: str | None = Field(description="`facility_value` written as `facility_identifier` writes it.")


class Run(TableModel):
    """The run that made this release."""

    run_id: str = Field(description="Id.")
    pipeline: str = Field(description="Pipeline.")
    as_of: date = Field(description="The day of judgement.")
    harmonize_version: str = Field(description="Version of the program.")
    input_hash: str = Field(description="Hash over all inputs.")


class Release(TableModel):
    """The release that this file is."""

    release_id: str = Field(description="Id, also the folder's name.")
    contract_version: str = Field(description="Version of these tables.")
    logical_hash: str = Field(description="Hash over all rows of all tables, whatever their order.")
    as_of: date = Field(description="The day of judgement.")


TABLES: dict[str, type[TableModel]] = {
    "facility": Facility,
    "facility_identifier": FacilityIdentifier,
    "facility_alias": FacilityAlias,
    "facility_relation": FacilityRelation,
    "facility_mention": FacilityMention,
    "assessment": Assessment,
    "assessment_copy": AssessmentCopy,
    "doubtful_copy": DoubtfulCopy,
    "assessment_relation": AssessmentRelation,
    "assessment_scope": AssessmentScope,
    "answer": Answer,
    "finding": Finding,
    "corrective_action": CorrectiveAction,
    "score": Score,
    "conflict": Conflict,
    "report_difference": ReportDifference,
    "contradiction": Contradiction,
    "overlap": Overlap,
    "burden": Burden,
    "indicator": Indicator,
    "indicator_broader": IndicatorBroader,
    "topic": Topic,
    "law": Law,
    "indicator_law": IndicatorLaw,
    "instrument": Instrument,
    "instrument_rights": InstrumentRights,
    "crosswalk": Crosswalk,
    "entailment": Entailment,
    "file": File,
    "issue": IssueRow,
    "quarantine": Quarantine,
    "consent_grant": ConsentGrant,
    "run": Run,
    "release": Release,
}

"""Every table of the contract by name, in the order in which they are described."""
