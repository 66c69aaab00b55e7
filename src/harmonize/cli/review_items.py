"""Items of the queue as people see them: in lines with the command that decides each, or as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harmonize.cli.output import say

if TYPE_CHECKING:
    import pyarrow as pa

    from harmonize.review.items import Item

__all__ = ["commands", "item_table", "tell_item"]


def tell_item(item: Item, out: Path) -> None:
    """One item with its evidence."""
    said = item.unlocked
    say(f"{item.item_id}  {item.kind}: {item.asked}")
    counts = f"{said.assessments} assessments, {said.answers} answers, {said.audiences} audiences"
    say(f"  unlocks   {counts} ({item.worth:g})")
    if item.why:
        say(f"  because   {item.why}")
    for side in item.said:
        say(f"  {side.name:<13} {side.a}")
        if side.b:
            say(f"  {'':<13} {side.b}{'' if side.a != side.b else '  (the same)'}")
    for label in item.labels:
        say(f"  offered   {label}")
    if item.cure:
        say(f"  see       {item.cure}{_of(out) if item.kind == 'facility_pair' else ''}")
    first, *others = commands(item, out)
    instead = ", ".join(command.split()[4] for command in others)
    say(f"  $ {first}{f'   (or {instead})' if instead else ''}")
    say()


def _of(out: Path) -> str:
    """What a command says besides where the release is not in its usual place."""
    return "" if out == Path("data") else f" --out {out}"


def commands(item: Item, out: Path) -> Sequence[str]:
    """The commands that decide an item, of which a person calls one."""
    from harmonize.review.kinds import KINDS

    chosen = KINDS[item.kind].chosen
    offered = [*item.choices[:1], *(("INDICATOR",) if chosen == "map" and not item.choices else ())]
    words = [*offered, *(one for one in item.verdicts if one != chosen)]
    reason = {"ignore": " --why REASON"}
    return [
        f"harmonize review decide {item.item_id} {word} --by PSEUDONYM{reason.get(word, '')}{_of(out)}"
        for word in words
    ]


def item_table(items: Sequence[Item], out: Path) -> pa.Table:
    """Items as a table: a row each, the evidence of each side in one cell."""
    import pyarrow as pa

    text = pa.string()
    schema = pa.schema(
        {
            "item": text, "kind": text, "asked": text, "unlocks": pa.float64(), "assessments": pa.int64(),
            "answers": pa.int64(), "audiences": pa.int64(), "because": text, "side_a": text, "side_b": text,
            "offered": text, "see": text, "command": text,
        }
    )  # fmt: skip
    return pa.Table.from_pylist([_item_row(item, out) for item in items], schema=schema)


def _item_row(item: Item, out: Path) -> Mapping[str, object]:
    return {
        "item": item.item_id,
        "kind": item.kind,
        "asked": item.asked,
        "unlocks": item.worth,
        "assessments": item.unlocked.assessments,
        "answers": item.unlocked.answers,
        "audiences": item.unlocked.audiences,
        "because": item.why,
        "side_a": "; ".join(f"{side.name}: {side.a}" for side in item.said if side.a),
        "side_b": "; ".join(f"{side.name}: {side.b}" for side in item.said if side.b),
        "offered": "; ".join(item.labels),
        "see": item.cure,
        "command": "; ".join(commands(item, out)),
    }
