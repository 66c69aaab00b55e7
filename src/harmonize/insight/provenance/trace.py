"""From a cell of a release back to who handed it in, file, place and mapping, and to the run that made it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import duckdb

from harmonize.errors import InboxError

__all__ = ["KINDS", "kind_of", "made_by", "trace", "trace_answers"]

Chain = Mapping[str, Any]
"""`{cell, place, mapping?, assessment?, link?, deliveries}`: from the cell back, every part a mapping."""

_PLACE = (
    "{{'contributor': f.contributor, 'path': f.path, 'locator': {0}.locator, 'received_at': f.received_at, "
    "'instrument': f.instrument, 'file_id': f.file_id, 'content_id': f.content_id}} AS place"
)
_MAPPING = """
    CASE WHEN k.mapping_id IS NOT NULL THEN {
        'mapping_id': k.mapping_id, 'predicate': k.predicate, 'indicator_id': k.indicator_id, 'polarity': k.polarity,
        'scale': k.scale, 'basis': k.basis, 'threshold': k.threshold, 'condition': k.condition,
        'confidence': k.confidence, 'status': k.status
    } END AS mapping
"""
_ASSESSMENT = """
    {
        'assessment_id': s.assessment_id, 'facility_id': s.facility_id, 'instrument': s.instrument,
        'edition': s.edition, 'kind': s.kind, 'assessed_on': s.assessed_on, 'native_id': s.native_id,
        'verified_of': s.verified_of, 'published': s.published
    } AS assessment
"""
_ANSWER = f"""
    SELECT
        {{
            'table': 'answer', 'assessment_id': a.assessment_id, 'question_id': a.question_id,
            'answered_by': a.answered_by, 'indicator_id': a.indicator_id, 'state': a.state,
            'implied_state': e.implied_state, 'value': coalesce(a.value_number::VARCHAR, a.value_text), 'unit': a.unit,
            'raw_value': a.raw_value, 'raw_unit': a.raw_unit, 'verification': a.verification, 'reason': a.reason
        }} AS cell,
        {_PLACE.format("a")}, {_MAPPING}, {_ASSESSMENT}
    FROM answer a
    JOIN assessment s USING (assessment_id)
    JOIN file f USING (file_id)
    LEFT JOIN crosswalk k USING (mapping_id)
    LEFT JOIN entailment e ON e.comparability = a.comparability AND e.state::VARCHAR = a.state::VARCHAR
"""
_FINDING = f"""
    SELECT
        {{
            'table': 'finding', 'finding_id': n.finding_id, 'assessment_id': n.assessment_id,
            'indicator_id': n.indicator_id, 'clause_raw': n.clause_raw, 'severity': n.severity,
            'severity_raw': n.severity_raw, 'status': n.status, 'status_raw': n.status_raw, 'due_on': n.due_on,
            'closed_on': n.closed_on, 'made_from': n.made_from, 'description': n.description
        }} AS cell,
        {_PLACE.format("n")}, {_MAPPING}, {_ASSESSMENT}
    FROM finding n
    JOIN assessment s USING (assessment_id)
    JOIN file f USING (file_id)
    LEFT JOIN crosswalk k USING (mapping_id)
"""
_MENTION = f"""
    SELECT
        {{
            'table': 'facility_mention', 'mention_id': m.mention_id, 'facility_id': m.facility_id,
            'name': m.name, 'name_local': m.name_local, 'address': m.address, 'country': m.country,
            'workers': m.workers
        }} AS cell,
        {_PLACE.format("m")}, {{'method': m.link_method, 'probability': m.link_probability}} AS link
    FROM facility_mention m JOIN file f USING (file_id)
"""
_COPY = f"""
    SELECT
        {{
            'table': 'assessment_copy', 'copy_id': c.copy_id, 'relation': c.relation, 'wins': c.wins,
            'evidence': c.evidence, 'confidence': c.confidence, 'native_id': c.native_id,
            'assessed_on': c.assessed_on, 'status': c.status
        }} AS cell,
        {_PLACE.format("c")}, {_ASSESSMENT}
    FROM assessment_copy c JOIN assessment s USING (assessment_id) JOIN file f USING (file_id)
"""
_BY_KIND: Mapping[str, str] = MappingProxyType(
    {
        "finding": f"{_FINDING} WHERE n.finding_id = $id",
        "facility": f"""
            {_MENTION}
            WHERE m.facility_id = coalesce((SELECT facility_id FROM facility_alias WHERE old_id = $id), $id)
            ORDER BY f.path, m.locator
        """,
        "mention": f"{_MENTION} WHERE m.mention_id = $id",
        "assessment": f"{_COPY} WHERE c.assessment_id = $id ORDER BY c.wins DESC, f.path, c.locator",
        "copy": f"{_COPY} WHERE c.copy_id = $id",
        "action": f"""
            SELECT
                {{
                    'table': 'corrective_action', 'action_id': c.action_id, 'finding_id': c.finding_id,
                    'facility_id': c.facility_id, 'action': c.action, 'due_on': c.due_on, 'status': c.status,
                    'status_raw': c.status_raw
                }} AS cell,
                {_PLACE.format("c")}
            FROM corrective_action c JOIN file f USING (file_id) WHERE c.action_id = $id
        """,
        "grant": f"""
            SELECT
                {{
                    'table': 'consent_grant', 'grant_id': g.grant_id, 'audience': g.audience, 'scope': g.scope,
                    'instrument': g.instrument, 'valid_from': g.valid_from, 'valid_to': g.valid_to,
                    'revoked_on': g.revoked_on
                }} AS cell,
                {_PLACE.format("g")}
            FROM consent_grant g JOIN file f USING (file_id) WHERE g.grant_id = $id ORDER BY f.path, g.locator
        """,
        "issue": f"""
            SELECT
                {{
                    'table': 'issue', 'issue_id': i.issue_id, 'code': i.code, 'value': i.value, 'message': i.message,
                    'hint': i.hint
                }} AS cell,
                {_PLACE.format("i")}
            FROM issue i JOIN file f USING (file_id) WHERE i.issue_id = $id
        """,
        "file": """
            SELECT
                {
                    'table': 'file', 'file_id': f.file_id, 'status': f.status, 'bytes': f.bytes, 'layout': f.layout,
                    'edition': f.edition, 'cells_total': f.cells_total, 'cells_loaded': f.cells_loaded,
                    'cells_quarantined': f.cells_quarantined, 'duplicate_of': f.duplicate_of
                } AS cell,
                {
                    'contributor': f.contributor, 'path': f.path, 'locator': 'file', 'received_at': f.received_at,
                    'instrument': f.instrument, 'file_id': f.file_id, 'content_id': f.content_id
                } AS place
            FROM file f WHERE f.file_id = $id
        """,
    }
)
KINDS = ("answer", *_BY_KIND)
"""What can be traced by an id."""
_DELIVERIES = """
    SELECT c.contributor, c.relation, c.wins, f.path, c.locator, c.received_at
    FROM assessment_copy c JOIN file f USING (file_id)
    WHERE c.assessment_id = ? ORDER BY c.wins DESC, f.path, c.locator
"""
_MADE_BY = """
    SELECT
        l.release_id, l.logical_hash, l.contract_version, l.as_of, r.run_id, r.pipeline, r.harmonize_version,
        r.input_hash
    FROM release l, run r
"""
_CELL = re.compile(r"^sheet=(?P<sheet>.*);(?:cell=(?P<column>[A-Z]+)(?P<row>\d+)|row=(?P<only_row>\d+))$", re.DOTALL)
_ROW = re.compile(r"^row=(?P<row>\d+)(?:;col=(?P<column>.*))?$", re.DOTALL)
_LINE = re.compile(r"^line=(?P<row>\d+)(?:;(?P<column>.*))?$", re.DOTALL)


def kind_of(connection: duckdb.DuckDBPyConnection, said: str) -> str | None:
    """What an id of the release names; None where it names nothing."""
    if _answer_key(said) is not None and trace(connection, "answer", said):
        return "answer"
    return next((kind for kind in _BY_KIND if trace(connection, kind, said)), None)


def trace(connection: duckdb.DuckDBPyConnection, kind: str, said: str) -> list[Chain]:
    """Where something comes from, by its id.

    Args:
        kind: one of `KINDS`.
        said: the id; of an answer `assessment/question` or `assessment/question/answered_by`.

    Raises:
        InboxError: nothing can be traced by that kind.
    """
    if kind == "answer":
        key = _answer_key(said)
        if key is None:
            raise InboxError(f"{said!r} names no answer: write ASSESSMENT/QUESTION or ASSESSMENT/QUESTION/facility.")
        assessment_id, question_id, answered_by = key
        # (A condition on the factory finds its answers among all at once.)
        condition = (
            "a.facility_id = (SELECT facility_id FROM assessment WHERE assessment_id = $assessment) "
            "AND a.assessment_id = $assessment AND a.question_id = $question"
        )
        values = {"assessment": assessment_id, "question": question_id}
        if answered_by is not None:
            condition += " AND a.answered_by::VARCHAR = $by"
            values["by"] = answered_by
        return _chains(connection, f"{_ANSWER} WHERE {condition} ORDER BY a.answered_by", values)
    if kind not in _BY_KIND:
        raise InboxError(f"A {kind} cannot be traced; what can: {', '.join(KINDS)}.")
    return _chains(connection, _BY_KIND[kind], {"id": said})


def trace_answers(
    connection: duckdb.DuckDBPyConnection, facility_id: str, indicator_id: str, assessment_id: str | None = None
) -> list[Chain]:
    """Where what a factory says of an indicator comes from, answers and findings, the latest assessment first."""
    values = {"facility": facility_id, "indicator": indicator_id}
    only = ""
    if assessment_id is not None:
        only, values["assessment"] = "AND s.assessment_id = $assessment", assessment_id
    order = "ORDER BY s.assessed_on DESC NULLS LAST, s.assessment_id"
    answers = f"{_ANSWER} WHERE a.facility_id = $facility AND a.indicator_id = $indicator {only} {order}, a.answered_by"
    findings = f"{_FINDING} WHERE s.facility_id = $facility AND n.indicator_id = $indicator {only} {order}"
    return [*_chains(connection, answers, values), *_chains(connection, findings, values)]


def made_by(connection: duckdb.DuckDBPyConnection) -> Mapping[str, Any]:
    """The run and the release."""
    return _rows(connection, _MADE_BY, [])[0]


def _answer_key(said: str) -> tuple[str, str, str | None] | None:
    """Assessment, question and who answered; a question's id may hold a slash."""
    assessment_id, _, rest = said.partition("/")
    if not assessment_id or not rest:
        return None
    question_id, _, answered_by = rest.rpartition("/")
    if answered_by in ("facility", "verifier") and question_id:
        return assessment_id, question_id, answered_by
    return assessment_id, rest, None


def _chains(connection: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, str]) -> list[Chain]:
    found: list[Chain] = []
    for row in _rows(connection, query, dict(values)):
        chain = dict(row) | {"place": _place(row["place"])}
        if row.get("assessment") is not None:
            chain["deliveries"] = _rows(connection, _DELIVERIES, [row["assessment"]["assessment_id"]])
        found.append(chain)
    return found


def _place(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """A place with its sheet, row and column apart, as far as its locator has them."""
    locator = said["locator"]
    parts = next((found.groupdict() for form in (_CELL, _ROW, _LINE) if (found := form.match(locator))), {})
    row = parts.get("row") or parts.get("only_row")
    column = parts.get("column") or (locator if locator.startswith("$") else None)
    return {**said, "sheet": parts.get("sheet"), "row": None if row is None else int(row), "column": column}


def _rows(
    connection: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, str] | Sequence[str]
) -> list[dict[str, Any]]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
