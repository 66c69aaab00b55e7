"""Which rows of the consent register hold on a day, and which deliveries they open to whom.

Two keys open an assessment: a grant of its factory, and the right of its instrument, which says who may grant it. A
grant names its factory by an identifier; it reaches the records that hang together with one that states it by
identifiers, equal statements and decisions alone, never by likeness.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from harmonize.values.text import word_key
from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["SCOPES", "SignatoryRules", "judge_grants", "load_signatory_rules"]

Side = Literal["facility", "programme", "brand", "member", "account"]

SCOPES = ("summary", "findings", "answers", "full")
"""The narrowest first; `scope_rank` counts from 1."""


class SignatoryRules(StrictForm):
    """All of `schemas/sharing_rights.yml` that says who signs for whom."""

    signatories: Mapping[Side, Sequence[str]]
    untold: Sequence[Side] = ()

    def may_sign(self, role: str, who_may_grant: str) -> bool:
        """Whether a role, as printed, is of the side that may grant."""
        if who_may_grant == "public":
            return True
        text = _plain(role)
        sides = [side for side, words in self.signatories.items() if any(_plain(word) in text for word in words)]
        return sides == [who_may_grant] or (not sides and who_may_grant in self.untold)


def _plain(text: str) -> str:
    """Words between single blanks, also around them."""
    words = re.sub(r"[\W_]+", " ", word_key(text)).strip()
    return f" {words} "


def load_signatory_rules(path: Path) -> SignatoryRules:
    """Load the rules.

    Raises:
        ConfigurationError: a rule is missing, unknown or not whole; the message names the place.
    """
    return read_form(path, SignatoryRules)


def judge_grants(
    connection: duckdb.DuckDBPyConnection,
    judged_on: date,
    bounded: Sequence[str],
    rules: SignatoryRules,
    *,
    register: str = "source",
    revoked_by: date | None = None,
) -> None:
    """Write the temp tables `register_row`, `registered_grant`, `judged_grant` and `covered_copy`.

    `judged_grant` has every row of the register with its standing and why; `covered_copy` has per audience every copy
    that grants in force open, by the widest scope and of equal ones the latest end.

    Args:
        connection: a steward's release is attached as `source`, and the temp table `audience` says who there is.
        bounded: instruments that no grant of all assessments without an end opens.
        register: the attached database whose register holds: another release than `source` after a way back.
        revoked_by: a revocation until this day counts, also on an earlier day of judgement (domain rule 26).
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE register_row AS
        SELECT g.*, f.contributor AS registrar, coalesce(f.received_at, DATE '0001-01-01') AS received_at
        FROM {register}.consent_grant g
        LEFT JOIN {register}.file f USING (file_id)
        """
    )
    signed = connection.execute(
        """
        SELECT DISTINCT g.signatory_role, r.who_may_grant
        FROM register_row g, source.instrument_rights r
        WHERE g.signatory_role IS NOT NULL
        ORDER BY ALL
        """
    ).fetchall()
    text = pa.string()
    given = {
        "bounded_instrument": pa.table({"instrument": pa.array(bounded, text)}),
        "signed_right": pa.Table.from_pylist(
            [{"signatory_role": role, "who_may_grant": who, "may": rules.may_sign(role, who)} for role, who in signed],
            schema=pa.schema({"signatory_role": text, "who_may_grant": text, "may": pa.bool_()}),
        ),
    }
    for name, table in given.items():
        connection.register("arriving", table)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM arriving")
        connection.unregister("arriving")
    connection.execute("SET VARIABLE judged_on = ?::DATE", [judged_on])
    connection.execute("SET VARIABLE revoked_by = ?::DATE", [max(judged_on, revoked_by or judged_on)])
    connection.execute(files("harmonize.sharing").joinpath("grants.sql").read_text(encoding="utf-8"))
