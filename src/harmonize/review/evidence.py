"""Rows of the queries as items: what is asked, the evidence of both sides, and the keys of a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harmonize.assessments.decided import telling_keys
from harmonize.review.items import Item, Keys, Side, Unlocked
from harmonize.review.kinds import KINDS
from harmonize.review.rules import ReviewRules
from harmonize.review.words import Spoken

__all__ = [
    "Candidate",
    "Suggest",
    "Teller",
    "conflict",
    "copy_pair",
    "facility_pair",
    "grant",
    "quarantined",
    "question",
    "text",
    "value",
]

Row = Mapping[str, Any]
Candidate = tuple[str, str]
"""An indicator, and what is said of it: label, probability, reasons."""
Suggest = Callable[[Sequence[Row]], Sequence[Sequence[Candidate]]]
_OWN_PAPER = ("self", "self_inspection")
_EXCERPTS = 3
_VALUED = ("state", "verification")


@dataclass(frozen=True, slots=True)
class Teller:
    """Weighs items and finds the words for them."""

    rules: ReviewRules
    words: Spoken

    def sides(self, *lines: tuple[str, object, object]) -> list[Side]:
        """The lines of the evidence that say anything."""
        found = [Side(self.words.side(name), _said(a), _said(b)) for name, a, b in lines]
        return [side for side in found if side.a or side.b]

    def item(
        self, kind: str, keys: Sequence[Keys], matter: str, said: Sequence[Side], why: str, row: Row, **more: Any
    ) -> Item:
        """An item of a kind about a row of its query."""
        unlocked = Unlocked(int(row["assessments"]), int(row["answers"]), int(row["audiences"]))
        unknown = self.rules.kinds[kind].unknown if row.get("is_file") else 0.0
        worth = self.rules.worth(kind, unlocked.assessments + unknown, unlocked.answers, unlocked.audiences)
        more = {"verdicts": KINDS[kind].verdicts, **more}
        factor = more.pop("factor", 1.0)
        asked = self.words.of_kind(kind, "asked", matter=matter)
        return Item(kind, tuple(keys), asked, tuple(said), why, unlocked, round(worth * factor, 3), **more)


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_said(one) for one in value if one not in (None, ""))
    return " ".join(str(value).split())


def facility_pair(row: Row, teller: Teller) -> Item:
    """Two factories that may be one."""
    a, b = row["a"], row["b"]
    leading = (str(row["leading"][0]), str(row["leading"][1]))
    others = sorted((one, other) for one, other in row["keys"] if (one, other) != leading)
    lines = teller.sides(
        ("name", [a["name"], a["name_local"]], [b["name"], b["name_local"]]),
        ("address", [a["address"], a["admin1"], a["country"]], [b["address"], b["admin1"], b["country"]]),
        ("place", _place(a), _place(b)),
        ("identifiers", row["identifiers_a"], row["identifiers_b"]),
        ("workers", a["workers"], b["workers"]),
        ("source", f"{a['contributor']} / {a['instrument']}", f"{b['contributor']} / {b['instrument']}"),
        ("assessments", row["assessments_a"], row["assessments_b"]),
        ("factory", row["facility_a"], row["facility_b"]),
    )
    words = teller.words
    more = f"; {words.told('pairs', count=row['pairs'] - 1)}" if row["pairs"] > 1 else ""
    why = f"{100 * row['probability']:.0f} %: {words.clauses(row['reasons'])}{more}"
    cure = f"harmonize facilities explain {a['mention_id']} {b['mention_id']}"
    return teller.item("facility_pair", (leading, *others), "", lines, why, row, cure=cure)


def _place(mention: Row) -> str:
    if mention["latitude"] is None or mention["longitude"] is None:
        return ""
    return f"{mention['latitude']:.5f}, {mention['longitude']:.5f}"


def copy_pair(row: Row, teller: Teller) -> Item | None:
    """Two deliveries that may be one report; None where nothing tells them apart."""
    told = telling_keys(row["copies_a"], row["copies_b"])
    if told is None:
        return None
    lines = teller.sides(
        ("factory", row["facility"], row["facility"]),
        ("number", row["number_a"], row["number_b"]),
        ("day", row["assessed_on_a"], row["assessed_on_b"]),
        ("kind", row["kind_a"], row["kind_b"]),
        ("rating", row["rating_a"], row["rating_b"]),
        ("source", row["contributor_a"], row["contributor_b"]),
        ("file", f"{row['file_a']} {row['locator_a']}", f"{row['file_b']} {row['locator_b']}"),
        *((one["question"], one["a"], one["b"]) for one in row["shown"] or ()),
    )
    words = teller.words
    clauses = [f"{words.told('now_one' if row['is_merged'] else 'now_two')}: {words.clauses(row['evidence'])}"]
    if row["agreement"] is not None:
        clauses.append(words.told("alike", share=f"{100 * row['agreement']:.0f}", compared=row["compared"]))
    why = "; ".join([*clauses, words.told("differ", count=row["differences"])])
    # What a factory says of itself and what somebody found there are never one report.
    is_same_side = (row["kind_a"] in _OWN_PAPER) == (row["kind_b"] in _OWN_PAPER)
    verdicts = KINDS["copy_pair"].verdicts if is_same_side else ("different",)
    keys = [(one, other) for one in told[0] for other in told[1]]
    return teller.item("copy_pair", keys, "", lines, why, row, verdicts=verdicts)


def question(row: Row, candidates: Sequence[Candidate], teller: Teller) -> Item:
    """A question or clause without a mapping."""
    named = f"{row['instrument']} {row['edition']} {row['question']}".replace("  ", " ")
    lines = teller.sides(("question", named, ""), *(("answered", said, "") for said in (row["said"] or ())[:_EXCERPTS]))
    key = f"question|{row['instrument']}|{row['edition']}|{row['question']}"
    offered = [f"{at}. {name}: {teller.words.clauses(said)}" for at, (name, said) in enumerate(candidates, start=1)]
    counted = "findings_at" if row["is_clause"] else "answers_at"
    why = teller.words.told(counted, count=row["answers"], factories=row["facilities"])
    names = tuple(name for name, _ in candidates)
    return teller.item("question", [(key, "")], named, lines, why, row, choices=names, labels=offered)


def value(row: Row, teller: Teller) -> Item:
    """A word that no list knows."""
    matter = f"{row['instrument']}: {row['value']!r}"
    lines = teller.sides(("withheld", row["places"], ""), ("source", row["contributors"], ""))
    key = f"value|{row['instrument']}|{row['code']}|{row['value']}"
    choices = tuple(teller.rules.values[row["code"]])
    words = teller.words
    offered = [f"{at}. {_named(name, words.value(name))}" for at, name in enumerate(choices, start=1)]
    cells = words.told("cells", count=row["cells"])
    why = f"{row['code']}, {cells}: {words.noticed(row['code'], row['message'])}"
    counted = {**row, "answers": row["cells"]}
    verdicts = KINDS["value"].verdicts if choices else ("mistake",)
    return teller.item(
        "value", [(key, "")], matter, lines, why, counted, choices=choices, labels=offered, verdicts=verdicts
    )


def text(row: Row, audiences: int, topic: str, teller: Teller) -> Item:
    """A sensitive text on a topic, by its label."""
    lines = teller.sides(
        ("text", row["text"], ""),
        ("factory", row["facility"], ""),
        ("source", [row["instrument"], row["assessed_on"], row["place"], row["part"]], ""),
    )
    counted = {"assessments": 1, "answers": 1, "audiences": audiences}
    return teller.item("text", [(row["text_id"], "")], "", lines, topic, counted)


def grant(row: Row, teller: Teller) -> Item:
    """A grant about to end."""
    matter = f"{row['grant_id']}: {row['audience']}, {row['facility'] or row['facility_value']}, {row['until']}"
    lines = teller.sides(
        ("factory", row["facility"] or row["facility_value"], ""),
        ("scope", [row["instrument"], row["assessment"], row["scope"]], ""),
        ("until", row["until"], ""),
        ("said", row["purpose"], ""),
    )
    soon = row["days"] <= teller.rules.grants_end_within[0]
    cure = (
        f"harmonize grants add --facility {row['facility_scheme']}={row['facility_value']} --audience "
        f"{_quoted(row['audience'])} --scope {row['scope']} --instrument {_quoted(row['instrument'])} --assessment "
        f"{_quoted(row['assessment'])} --valid-from {row['until']} --valid-to YYYY-MM-DD"
    )
    key = f"grant|{row['grant_id']}|{row['audience']}|{row['until']}"
    counted = {**row, "audiences": 1}
    factor = 2.0 if soon else 1.0
    why = teller.words.told("days", count=row["days"])
    return teller.item("grant", [(key, "")], matter, lines, why, counted, cure=cure, factor=factor)


def _quoted(text: str) -> str:
    return text if text.replace("-", "").replace("_", "").isalnum() else f"'{text}'"


def conflict(row: Row, teller: Teller) -> Item:
    """Something that does not fit together."""
    matter = ", ".join(filter(None, (row["facility"], row["matter"]))) or row["sort"]
    shown: Iterable[Row] = row["shown"] or ()
    words = teller.words
    lines = teller.sides(("source", row["who_a"], row["who_b"]), *(_compared(one, row["sort"], words) for one in shown))
    match row["sort"]:
        case "report":
            why = words.told("differences", count=row["differences"])
        case "contradiction":
            why = words.told("visits", days=row["message"])
        case code:
            why = words.noticed(code, _said(row["message"]))
    key = f"{row['sort']}|{row['key']}"
    return teller.item("conflict", [(key, "")], matter, lines, why, row)


def _compared(one: Row, sort: str, words: Spoken) -> tuple[str, object, object]:
    """A line of two sides; what two visits found is named as people name it, what two receivers got stays as it is."""
    if sort == "contradiction" and one["question"] in _VALUED:
        return one["question"], *(_named(str(said), words.value(str(said))) for said in (one["a"], one["b"]))
    return one["question"], one["a"], one["b"]


def _named(name: str, word: str) -> str:
    """A word of the tables, and what it is called where that says more."""
    return name if name.replace("_", " ").casefold() == word.casefold() else f"{name} ({word})"


def quarantined(row: Row, teller: Teller) -> Item:
    """Withheld cells of one contributor that are wrong alike, or a file that could not be read."""
    if row["is_file"]:
        matter, key = f"{row['contributor']}: {row['places'][0]}", f"file|{row['content_id']}|{row['code']}"
    else:
        matter = f"{row['contributor']}: {row['code']} {row['value']!r}"
        key = f"cell|{row['contributor']}|{row['instrument']}|{row['code']}|{row['value']}"
    lines = teller.sides(("withheld", row["places"], ""))
    counted = {**row, "answers": row["cells"]}
    words = teller.words
    cells = "" if row["is_file"] else f", {words.told('cells', count=row['cells'])}"
    why = f"{row['code']}{cells}: {words.noticed(row['code'], row['message'])}"
    cure = words.cure(row["code"], _said(row["hint"]))
    return teller.item("quarantine", [(key, "")], matter, lines, why, counted, cure=cure)
