"""`harmonize facilities sample`, and the verdicts that come back: by them every run estimates how often it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonize.cli.facility_input import project_knowledge
from harmonize.cli.facility_release import FacilityRelease, Out, open_release
from harmonize.cli.output import complain, say
from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    import pyarrow as pa

    from harmonize.identity.knowledge import Knowledge

__all__ = ["VERDICTS", "DrawnPair", "read_verdicts", "refuse", "sample_command"]

VERDICTS = ("same", "different", "unsure")
_COLUMNS = (
    *("mention_a", "mention_b", "country", "name_a", "address_a", "name_b", "address_b"),
    *("probability", "reasons", "verdict", "why"),
)
_NEEDED = ("mention_a", "mention_b", "verdict")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class DrawnPair:
    """A row of a sample with its verdict; `locator` is its place in the file."""

    locator: str
    mention_a: str
    mention_b: str
    verdict: str
    why: str


def sample_command(
    target: Annotated[Path, typer.Option("--output", "-o", help="The sample to write, .csv or .parquet.")],
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many pairs to draw.")] = 50,
    out: Out = Path("data"),
) -> None:
    """Draw compared pairs at random, as many of every verdict and probability, for a steward to decide.

    Fill in the column `verdict` (same, different or unsure) and hand the file to `harmonize facilities decide --from`.
    """
    import pyarrow as pa

    from harmonize.cli.table_file import writing

    with ExitStack() as stack:
        knowledge = project_knowledge(stack).knowledge
        release = stack.enter_context(open_release(out))
        rows = _rows(_drawn(release, knowledge, count, out), release)
        types = {name: pa.float64() if name == "probability" else pa.string() for name in _COLUMNS}
        table = pa.Table.from_pylist(rows, schema=pa.schema(types))
        stack.enter_context(writing(target, table.schema)).write(table)
    say(f"written    {target}: {len(rows)} pairs{'' if len(rows) == count else ', all that are left'}")
    say(f"next       fill in `verdict`, then `harmonize facilities decide --from {target} --by PSEUDONYM`")


def _drawn(release: FacilityRelease, knowledge: Knowledge, count: int, out: Path) -> pa.Table:
    """The drawn pairs, out of what the last run compared.

    Raises:
        InboxError: that is not at hand, or nothing is left to draw.
    """
    import pyarrow as pa

    from harmonize.identity.decision_ledger import read_decisions
    from harmonize.identity.memory import Memory
    from harmonize.identity.outcome import recall
    from harmonize.identity.sampling import drawn, sampled_keys

    project = Project.locate(Path.cwd())
    told = recall(Memory(project.stage_folder(out) / "identity", knowledge.stamp), "").told
    decided = sampled_keys(read_decisions(project.decisions_folder(out) / "facility_decisions.jsonl"))

    def is_gone(places: Sequence[int]) -> list[bool]:
        pairs = told.select(["mention_a", "mention_b"]).take(pa.array(places, pa.int64())).to_pylist()
        known = release.mentions(sorted({mention for pair in pairs for mention in pair.values()}))
        keys = [sorted(str(known[one]["decision_key"]) for one in pair.values() if one in known) for pair in pairs]
        # (A pair of another release, whose run came later, is none to ask about.)
        return [len(found) < 2 or tuple(found) in decided for found in keys]

    chosen = drawn(told, knowledge.sampling.bands, count, is_gone)
    if chosen:
        return told.take(pa.array(chosen, pa.int64()))
    if told.num_rows and decided:
        raise InboxError(f"{out}: every pair that can be asked about was drawn and decided. Nothing is left to draw.")
    raise InboxError(
        f"{out}: there is nothing to draw from: the last run compared no pairs, or what it compared is not at hand. "
        "Run `harmonize run` again and then draw."
    )


def _rows(pairs: pa.Table, release: FacilityRelease) -> list[dict[str, Any]]:
    """The sample as stewards see it."""
    found = pairs.to_pylist()
    mentions = release.mentions(sorted({row[name] for row in found for name in ("mention_a", "mention_b")}))
    return [
        {
            "mention_a": row["mention_a"],
            "mention_b": row["mention_b"],
            "country": mentions[row["mention_a"]]["country"],
            **_side("a", mentions[row["mention_a"]]),
            **_side("b", mentions[row["mention_b"]]),
            "probability": row["probability"],
            "reasons": row["reasons"],
            "verdict": "",
            "why": "",
        }
        for row in found
    ]


def _side(side: str, mention: Mapping[str, Any]) -> dict[str, str]:
    names = dict.fromkeys(str(mention[name]) for name in ("name", "name_local") if mention[name])
    places = (str(mention[name]) for name in ("address", "admin1") if mention[name])
    return {f"name_{side}": " / ".join(names), f"address_{side}": ", ".join(places)}


def read_verdicts(path: Path) -> list[DrawnPair]:
    """The rows of a sample that have a verdict.

    Raises:
        InboxError: the file is no sample, none of its rows has a verdict, or some row is wrong; all of these are told.
    """
    from harmonize.reading.limits import Limits
    from harmonize.reading.row_tables import row_tables

    for table in row_tables(path, Limits()):
        at = {name.strip().casefold(): number for number, name in enumerate(table.header)}
        if all(name in at for name in _NEEDED):
            return _read(path, at, list(table.rows()))
    raise InboxError(
        f"{path}: there is no table with the columns {', '.join(_NEEDED)}. Take one of `harmonize facilities sample`."
    )


def _read(path: Path, at: Mapping[str, int], rows: Sequence[tuple[str, Sequence[str]]]) -> list[DrawnPair]:
    found: list[DrawnPair] = []
    problems: list[str] = []
    seen: dict[frozenset[str], str] = {}
    for locator, cells in rows:
        said = {name: cells[place].strip() if place < len(cells) else "" for name, place in at.items()}
        pair = DrawnPair(locator, said["mention_a"], said["mention_b"], said["verdict"].casefold(), said.get("why", ""))
        if not pair.verdict:
            continue
        both = frozenset((pair.mention_a, pair.mention_b))
        if pair.verdict not in VERDICTS:
            problems.append(
                f"{_cell(locator, 'verdict')}: {said['verdict']!r} is no verdict. "
                f"Write {', '.join(VERDICTS)}, or leave it empty."
            )
        elif len(both) < 2:
            problems.append(f"{locator}: {pair.mention_a!r} stands on both sides. Take the row as it was drawn.")
        elif both in seen:
            problems.append(f"{locator}: this pair stands in {seen[both]} already. Leave one of the two.")
        seen.setdefault(both, locator)
        found.append(pair)
    refuse(path, problems)
    if not found:
        raise InboxError(f"{path}: no row has a verdict. Fill in the column `verdict`: {', '.join(VERDICTS)}.")
    return found


def _cell(locator: str, column: str) -> str:
    return locator if "cell=" in locator else f"{locator};col={column}"


def refuse(path: Path, problems: Sequence[str]) -> None:
    """Tell what is wrong with the rows of a file, if anything is.

    Raises:
        InboxError: something is; nothing of the file may be taken.
    """
    for problem in problems[:_SHOWN]:
        complain(f"{path}: {problem}")
    if problems:
        count = "1 row is" if len(problems) == 1 else f"{len(problems)} rows are"
        raise InboxError(f"{path}: {count} wrong, so nothing was recorded. Correct the file and call again.")
