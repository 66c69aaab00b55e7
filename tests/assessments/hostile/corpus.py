"""What a hostile inbox is made of: its truth, its factories, its findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

__all__ = ["TEXTS", "Corpus", "Site", "day_of", "findings_of", "invented_site"]

TEXTS = (
    "Fire exit on the second floor was blocked by cartons",
    "Overtime above sixty hours a week in peak months",
    "No record of the annual leave of nine workers",
    "Chemical drums stood without secondary containment",
    "First aid boxes lacked bandages in the cutting hall",
    "Wage slips do not show the allowance for seniority",
    "The evacuation drill of the night shift was not held",
    "Machine guards were missing on four snap machines",
    "Health checks of the boiler operators had lapsed",
    "The grievance box is in view of a camera",
    "Young workers were given shifts that end after ten",
    "The canteen has no valid certificate of food safety",
)


@dataclass(slots=True)
class Corpus:
    """An inbox and what is true of it.

    Attributes:
        report: path to the key of the report that it delivers.
        verified: key of a verified report to that of the self-assessment that it verifies.
        followed: key of a follow-up to that of what it follows.
        unsayable: paths of which only a person can say whose copy they are.
    """

    rng: Random
    files: dict[str, str | bytes] = field(default_factory=dict)
    report: dict[str, str] = field(default_factory=dict)
    verified: dict[str, str] = field(default_factory=dict)
    followed: dict[str, str] = field(default_factory=dict)
    unsayable: set[str] = field(default_factory=set)

    def add(self, contributor: str, name: str, key: str, content: str | bytes, received: date | None = None) -> str:
        folder = f"received-{received.isoformat()}/" if received else ""
        path = f"{contributor}/{folder}{name}"
        self.files[path], self.report[path] = content, key
        return path


@dataclass(frozen=True, slots=True)
class Site:
    """An invented factory."""

    number: int
    name: str
    address: str
    country: str
    tax_code: str

    def spelled(self, rng: Random) -> str:
        return rng.choice(
            [self.name, self.name.upper(), self.name.replace("Co., Ltd", "Company Limited"), f"{self.name} "]
        )


_SYLLABLES = (
    "Bao",
    "Cam",
    "Dai",
    "Gia",
    "Hoa",
    "Khang",
    "Lam",
    "Minh",
    "Nghi",
    "Phu",
    "Quang",
    "Sa",
    "Tam",
    "Uyen",
    "Vinh",
    "Xuan",
)


def invented_site(number: int, rng: Random) -> Site:
    words = rng.sample(_SYLLABLES, 3)
    name = f"{' '.join(words)} {number:02d} Garment Co., Ltd"
    address = f"{rng.randint(1, 400)} {' '.join(rng.sample(_SYLLABLES, 2))} Road, Bien Hoa, Dong Nai"
    return Site(number, name, address, "Vietnam", f"{rng.randint(10**9, 10**10 - 1)}")


def day_of(rng: Random, first: date = date(2025, 1, 10), days: int = 200) -> date:
    return first + timedelta(days=rng.randrange(days))


def findings_of(rng: Random, fewest: int = 3) -> list[tuple[str, str]]:
    return [
        (f"{rng.randint(1, 9)}.{rng.randint(1, 9)}", f"{text} ({rng.randint(2, 40)} seen)")
        for text in rng.sample(TEXTS, rng.randint(fewest, 7))
    ]
