"""Why a factory has no value for an indicator: what its assessments asked, and what became of the answers.

Every reason is about one assessment, or about the factory as a whole, and names place and cure where there are any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import duckdb

from harmonize.errors import InboxError

__all__ = ["AudienceJudge", "Reason", "Why", "asked_indicator", "why_empty"]

CURES: Mapping[str, str] = MappingProxyType(
    {
        "never_assessed": "Ask its contributors for an export, or see whether a file was refused (table `file`).",
        "not_asked": "Ask for an export of one of these instruments, or ask the factory itself.",
        "other_country": "Nothing is missing: the question is none for factories of this country.",
        "not_in_export": "Ask the contributor for an export with all questions.",
        "perhaps_unmapped": "See the report unmapped.csv of the release.",
        "unmapped": "Map the question: `harmonize crosswalk suggest`.",
        "not_approved": "Have the mapping approved: `harmonize crosswalk status`.",
        "ignored": "Change the row of the crosswalk if the reason holds no more.",
        "implies_nothing": "See the table `entailment`; only an exact or close question would tell.",
        "left_blank": "Ask the factory or the assessor.",
        "skipped": "Nothing to mend if the reason is right.",
        "not_published": "Wait until it is posted; deleted ones stay out.",
        "no_finding": "Weak evidence, never `met`: ask, or let a buyer's requirements accept it.",
        "out_of_scope": "Ask for an assessment that covers the topic.",
    }
)
_MEANT = files("harmonize.insight.provenance").joinpath("why.sql").read_text(encoding="utf-8")
_HIDDEN = frozenset({"not_granted", "expired", "revoked", "withheld_by_class"})
"""Why an audience does not see what is there."""
_STATES_WITHOUT_VALUE = ("not_asked", "unanswered", "not_selected", "not_applicable")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason.

    Attributes:
        code: `has_value` where there is nothing to explain.
        assessment_id, instrument, assessed_on: of the assessment that it is about; None of the factory as a whole.
        place: file and locator, where one cell is to blame.
    """

    code: str
    said: str
    cure: str | None = None
    assessment_id: str | None = None
    instrument: str | None = None
    assessed_on: date | None = None
    place: str | None = None


AudienceJudge = Callable[[duckdb.DuckDBPyConnection, str, str, Sequence[str]], Sequence[Reason]]
"""Why an audience does not see values that are there: (connection, audience, indicator, assessments that have one) ->
reasons of the codes `not_granted`, `expired`, `revoked`, `withheld_by_class`; none where it sees one."""


@dataclass(frozen=True, slots=True)
class Why:
    """What is known of one cell.

    Attributes:
        reasons: those of assessments first, the latest one first.
    """

    facility_id: str
    indicator_id: str
    reasons: Sequence[Reason]

    @property
    def has_value(self) -> bool:
        """It is not empty for whoever is meant."""
        codes = {reason.code for reason in self.reasons}
        return "has_value" in codes and not codes & _HIDDEN


def asked_indicator(connection: duckdb.DuckDBPyConnection, said: str) -> tuple[str | None, Reason | None]:
    """The indicator that is meant by its id, or by a question (`question`, `instrument:question`) that is mapped to it.

    Returns:
        The indicator, or None and the reason why the question leads to none.

    Raises:
        InboxError: neither an indicator nor a question is called that, or a question of several meanings is.
    """
    if connection.execute("SELECT 1 FROM indicator WHERE indicator_id = ?", [said]).fetchone():
        return said, None
    rows = connection.execute(
        "SELECT DISTINCT instrument, question_id, indicator_id, reason FROM crosswalk "
        "WHERE question_id = $said OR instrument || ':' || question_id = $said OR mapping_id = $said ORDER BY ALL",
        {"said": said},
    ).fetchall()
    mapped = sorted({row[2] for row in rows if row[2] is not None})
    if len(mapped) > 1:
        raise InboxError(f"{said!r} is mapped to several indicators: {', '.join(mapped)}. Name one of them.")
    if mapped:
        return mapped[0], None
    if rows:
        instrument, question, _, why = rows[0]
        text = f"{instrument} question {question} is ignored on purpose: {why or 'no reason is written'}"
        return None, Reason("ignored", text, CURES["ignored"], instrument=instrument)
    near = connection.execute(
        "SELECT indicator_id FROM indicator ORDER BY jaro_winkler_similarity(indicator_id, ?) DESC, 1 LIMIT 3", [said]
    ).fetchall()
    raise InboxError(
        f"There is no indicator or question {said!r}; near are {', '.join(name for (name,) in near)}. "
        "`harmonize language find WORDS` looks for one."
    )


def why_empty(
    connection: duckdb.DuckDBPyConnection,
    facility_id: str,
    indicator_id: str,
    audience: str | None = None,
    judge: AudienceJudge | None = None,
) -> Why:
    """What is known of the value of a factory for an indicator, and why there is none.

    Args:
        audience: whose file is meant; None for the steward's release.
        judge: tells why the audience does not see what is there.
    """
    assessments = _rows(
        connection,
        "SELECT s.*, f.country FROM assessment s JOIN facility f USING (facility_id) WHERE facility_id = $facility "
        "ORDER BY assessed_on DESC NULLS LAST, assessment_id",
        facility=facility_id,
    )
    reasons = [reason for one in assessments for reason in _of_assessment(connection, one, indicator_id)]
    if not assessments:
        reasons.append(
            Reason("never_assessed", "No assessment of this factory was delivered.", CURES["never_assessed"])
        )
    valued = [reason for reason in reasons if reason.code == "has_value"]
    if all(reason.code == "perhaps_unmapped" for reason in reasons):
        reasons.insert(0, _not_asked(connection, indicator_id))
    if audience is not None and judge is not None and valued:
        seen = [reason.assessment_id for reason in valued if reason.assessment_id is not None]
        reasons = [*judge(connection, audience, indicator_id, seen), *reasons]
    return Why(facility_id, indicator_id, reasons)


def _of_assessment(
    connection: duckdb.DuckDBPyConnection, assessment: Mapping[str, Any], indicator_id: str
) -> list[Reason]:
    """What one assessment has to say; nothing where its instrument does not ask the indicator at all."""

    def reason(code: str, said: str, cure: str | None = None, place: str | None = None) -> Reason:
        about = (assessment["assessment_id"], assessment["instrument"], assessment["assessed_on"])
        return Reason(code, said, cure or CURES.get(code), *about, place)

    values = {"assessment": assessment["assessment_id"], "indicator": indicator_id}
    if not assessment["published"]:
        if not _mappings(connection, assessment, indicator_id):
            return []
        status = assessment["status"] or "none stated"
        return [
            reason("not_published", f"the assessment is not published (status {status}): its answers are not taken")
        ]
    told = [
        *(reason(*_of_answer(row), place=row["place"]) for row in _statement(connection, "answers", **values)),
        *(
            reason("has_value", f"{row['said']}: {row['state']}", place=row["place"])
            for row in _statement(connection, "findings", **values)
        ),
    ]
    if told:
        return told
    withheld = _statement(connection, "withheld", **values)
    if withheld:
        return [
            reason("quarantined" if row["is_sure"] else "perhaps_quarantined", row["said"], row["hint"], row["place"])
            for row in withheld
        ]
    implied = _statement(connection, "implied", **values)
    if implied:
        return [reason(row["code"], row["said"], place=row["place"]) for row in implied]
    return [reason(code, said) for code, said in _unsaid(connection, assessment, indicator_id)]


def _of_answer(row: Mapping[str, Any]) -> tuple[str, str]:
    """What an answer that is there means for the cell."""
    said = f"question {row['question_id']} was answered {row['value']!r} ({row['state']})"
    if row["state"] in _STATES_WITHOUT_VALUE:
        return (
            "skipped",
            f"question {row['question_id']}: {row['state']}, {row['reason'] or 'as printed in the export'}",
        )
    if row["implied_state"] is None and row["kind"] in ("compliance", "practice"):
        return "implies_nothing", f"{said}: a {row['comparability']} mapping, of which nothing follows"
    return "has_value", f"{said}: {row['implied_state'] or 'stated'}"


def _unsaid(
    connection: duckdb.DuckDBPyConnection, assessment: Mapping[str, Any], indicator_id: str
) -> list[tuple[str, str]]:
    """Why an assessment that says nothing of an indicator does not; nothing where its instrument cannot ask it."""
    mappings, country = _mappings(connection, assessment, indicator_id), assessment["country"]
    values = {"assessment": assessment["assessment_id"], "indicator": indicator_id}
    asked = [row["question_id"] for row in _statement(connection, "columns", **values)]
    approved = [row for row in mappings if row["status"] == "approved"]
    here = [row for row in approved if _asks_in(row["condition"], country)]
    ((raw,),) = connection.execute(
        "SELECT count(*) FROM answer "
        "WHERE facility_id = ? AND assessment_id = ? AND indicator_id IS NULL AND reason IS NULL",
        [assessment["facility_id"], assessment["assessment_id"]],
    ).fetchall()
    if not approved and mappings:
        return [("not_approved", f"{_questions(mappings)}: the mapping is {mappings[0]['status']}, not approved")]
    if not approved:
        text = f"its instrument is not known to ask it; {raw} of its answers are not mapped, and one of them may ask it"
        return [("perhaps_unmapped", text)] if raw else []
    if not here:
        countries = ", ".join(sorted({str(row["condition"]).removeprefix("country=") for row in approved}))
        return [("other_country", f"{_questions(approved)} is asked in {countries} only; the factory is in {country}")]
    if asked:
        names = ", ".join(dict.fromkeys(asked))
        return [("left_blank", f"question {names} is blank in the delivered file, or not in it")]
    (listing,) = _statement(connection, "listing", **values)
    if not listing["answers"]:
        scope, topic = listing["scope"] or "unknown", listing["topic_id"]
        if scope == "in":
            return [("no_finding", f"it lists findings only: {topic} is in its scope, and nothing was found")]
        return [("out_of_scope", f"it lists findings only, and whether {topic} is in its scope is: {scope}")]
    if raw and listing["mapped"] == 0:
        return [("unmapped", f"no crosswalk reads its edition {assessment['edition']}: {raw} answers are kept raw")]
    return [("not_in_export", f"its delivered files have no {_questions(here)}")]


def _mappings(
    connection: duckdb.DuckDBPyConnection, assessment: Mapping[str, Any], indicator_id: str
) -> list[dict[str, Any]]:
    return _rows(
        connection,
        "SELECT question_id, edition, status, condition FROM crosswalk "
        "WHERE instrument = $instrument AND indicator_id = $indicator ORDER BY ALL",
        instrument=assessment["instrument"],
        indicator=indicator_id,
    )


def _asks_in(condition: str | None, country: str | None) -> bool:
    return condition is None or country is None or country in condition.removeprefix("country=").split("|")


def _questions(rows: Sequence[Mapping[str, Any]]) -> str:
    names = list(dict.fromkeys(str(row["question_id"]) for row in rows))
    return f"question {', '.join(names[:3])}{' ...' if len(names) > 3 else ''}"


def _not_asked(connection: duckdb.DuckDBPyConnection, indicator_id: str) -> Reason:
    rows = connection.execute(
        "SELECT DISTINCT instrument FROM crosswalk WHERE indicator_id = ? AND status = 'approved' ORDER BY 1",
        [indicator_id],
    ).fetchall()
    would = ", ".join(name for (name,) in rows) or "none that is known"
    return Reason(
        "not_asked", f"No assessment of this factory asks it. Instruments that do: {would}.", CURES["not_asked"]
    )


def _statement(connection: duckdb.DuckDBPyConnection, name: str, **values: object) -> list[dict[str, Any]]:
    """A query of `why.sql`, by its name."""
    query = _MEANT.split(f"-- {name}:", 1)[1].split("\n", 1)[1].split(";", 1)[0]
    return _rows(connection, query, **values)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, **values: object) -> list[dict[str, Any]]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
