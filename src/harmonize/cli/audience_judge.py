"""Why an audience does not see what a release holds: by its grants, or by a class withheld from its kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from harmonize.cli.judged_grants import judged_grants
from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from harmonize.insight.provenance.why import AudienceJudge, Reason

__all__ = ["audience_judge"]

_AUDIENCE = "SELECT audience_no, kind, contributor FROM audience WHERE lower(audience) = lower(trim(?))"
_SEEN = """
    SELECT s.assessment_id, s.instrument, s.assessed_on, s.facility_id,
        coalesce(bool_or(c.contributor = $contributor), false) AS is_own, max(v.scope_rank) AS scope_rank
    FROM steward.assessment s
    JOIN steward.assessment_copy c USING (assessment_id)
    LEFT JOIN covered_copy v ON v.copy_id = c.copy_id AND v.audience_no = $audience
    WHERE s.assessment_id IN (SELECT unnest($assessments))
    GROUP BY ALL
    ORDER BY s.assessed_on DESC NULLS LAST, s.assessment_id
"""
_GRANTS = """
    SELECT grant_id, standing, reason
    FROM judged_grant
    WHERE audience_no = ? AND facility_id = ? AND instrument IN ('*', ?)
    ORDER BY until DESC, grant_id
"""
_CODES = {"revoked": "revoked", "ended": "expired"}
_CURES = {
    "not_granted": "Ask the factory (or whoever may grant the instrument) for a grant, and enter it in the register.",
    "expired": "Ask for the grant to be renewed.",
    "revoked": "Nothing: who granted it took it back.",
    "withheld_by_class": "Nothing: no grant opens it; see schemas/sharing.yml.",
}
_ANSWERS = 3
"""The scope that opens answers."""


def audience_judge(out: Path, day: date) -> AudienceJudge:
    """Who says why an audience does not see what the release in `out` holds.

    Args:
        day: on which grants are judged.
    """

    def judge(
        connection: DuckDBPyConnection, audience: str, indicator: str, assessments: Sequence[str]
    ) -> Sequence[Reason]:
        del connection
        with judged_grants(out, day, None) as (judged, _):
            return _reasons(judged, audience, indicator, assessments)

    return judge


def _reasons(
    connection: DuckDBPyConnection, audience: str, indicator: str, assessments: Sequence[str]
) -> Sequence[Reason]:
    from harmonize.insight.provenance.why import Reason

    found = connection.execute(_AUDIENCE, [audience]).fetchone()
    if found is None:
        known = ", ".join(row[0] for row in connection.execute("SELECT audience FROM audience ORDER BY 1").fetchall())
        raise InboxError(f"There is no audience {audience!r}; known are {known}. Add it to pipelines/audiences.yml.")
    number, kind, contributor = found
    given = {"contributor": contributor, "audience": number, "assessments": list(assessments)}
    reasons = []
    seen = connection.execute(_SEEN, given).fetchall()
    for assessment_id, instrument, assessed_on, facility_id, is_own, scope in seen:
        if is_own:
            return []
        if scope is not None and scope >= _ANSWERS:
            withheld = _withheld(connection, kind, instrument, indicator)
            if withheld is None:
                return []
            code, said = "withheld_by_class", withheld
        else:
            code, said = _not_covered(connection, number, facility_id, instrument, scope)
        reasons.append(Reason(code, said, _CURES[code], assessment_id, instrument, assessed_on))
    return reasons


def _not_covered(
    connection: DuckDBPyConnection, audience: int, facility_id: str, instrument: str, scope: int | None
) -> tuple[str, str]:
    from harmonize.sharing.grants import SCOPES

    if scope is not None:
        return "not_granted", f"it is granted for {SCOPES[scope - 1]} alone, and not for answers"
    for grant_id, standing, reason in connection.execute(_GRANTS, [audience, facility_id, instrument]).fetchall():
        if standing in _CODES:
            return _CODES[standing], f"{grant_id}: {reason}"
        if standing != "in_force":
            return "not_granted", f"{grant_id}: {reason}"
        return (
            "not_granted",
            f"{grant_id} does not reach this report: it names another, or likeness alone links them",
        )
    return "not_granted", "no grant opens it to this audience"


def _withheld(connection: DuckDBPyConnection, kind: str, instrument: str, indicator: str) -> str | None:
    """The first class by which an indicator is withheld from a kind of audience, in words."""
    from harmonize.sharing.withholding import known_indicators
    from harmonize.sharing.withholding_rules import load_withholding_rules

    rules = load_withholding_rules(Project.locate(Path.cwd()).find("schemas/sharing.yml"))
    meant = [one for one in known_indicators(connection, "steward.indicator") if one.indicator_id == indicator]
    names = {name for _, name in rules.classes_of(meant)}
    for one in rules.classes:
        if one.name in names and kind in one.denied_to and (not one.instruments or instrument in one.instruments):
            return f"{one.name}: {one.why}"
    return None
