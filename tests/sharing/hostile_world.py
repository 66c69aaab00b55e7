"""What a hostile inbox lacks for sharing: one report by many hands that differ, equal files, plans of others."""

from __future__ import annotations

from collections.abc import Mapping

from tests.sources.delivering import better_work, table, wide

_ASKED = ["emsenvpolicy", "wwtreat", "ensourceselectricquant", "ensourceselectricunit"]


def _fem(policy: str, amount: str, **changes: str) -> str:
    said = {"emsenvpolicy": policy, "wwtreat": "Yes", "ensourceselectricquant": amount, "ensourceselectricunit": "kWh"}
    return wide(_ASKED, {**said, **changes})


def _plan(*rows: Mapping[str, str]) -> str:
    names = ["Factory ID", "Cycle", "Compliance.point", "Issue", "Action", "Due Date", "Status"]
    first = dict(zip(names, ["BW-12", "3", "Paid Leave", "Our label", "Pay it", "01/03/2026", "Open"], strict=True))
    return table([names, *([{**first, **row}[name] for name in names] for row in rows)])


_OWN = _fem("Yes", "4711", surveyid="S-9", finishdate="2025-05-02")
EXTRA: dict[str, str | bytes] = {
    "higg/received-2024-06-01/fem.csv": _fem("Yes", "1000"),
    "pvh/received-2024-07-01/fem.csv": _fem("No", "1000"),
    "gap/received-2024-08-01/fem.csv": _fem("No", "2000.5"),
    "northline/received-2024-09-01/fem.csv": _fem("Yes", "3000", wwtreat=""),
    # (The bytes of all three are the same; of two the contributor too.)
    "aardvark/received-2025-06-01/same.csv": _OWN,
    "pvh/received-2025-06-02/same.csv": _OWN,
    "pvh/received-2025-06-03/same_again.csv": _OWN,
    "better-work/received-2025-12-01/results.csv": better_work(
        {}, {"Question.ID": "4002", "Q.Label": "Other label", "Finding": "0"}
    ),
    "pvh/received-2025-12-05/results.csv": better_work(
        {"Finding": "0"}, {"Question.ID": "4002", "Q.Label": "Other label", "Finding": "1"}
    ),
    "northline/received-2025-12-20/plan.csv": _plan({}, {"Action": "Count the days", "Status": "Closed"}),
    "better-work/received-2025-12-21/plan.csv": _plan(
        {"Action": "Train the clerk"}, {"Issue": "Other label", "Action": "Tell all"}
    ),
}
