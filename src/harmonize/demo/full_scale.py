"""Write wide Higg FEM exports of the industry's size: thousands of columns, millions of answers, in seconds.

What a factory answers in an edition depends on the seed, its number and the edition only: any file can be written
without the others, a later edition resembles the one before, and the second contributor's copies say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from harmonize.demo.higg_csv import ENVELOPE, PLATFORM, SECTIONS
from harmonize.demo.material import Material, read_material
from harmonize.demo.spelling import write_factory
from harmonize.demo.streams import stream
from harmonize.demo.wide_factories import numbered_factory
from harmonize.demo.wide_layout import WideLayout, wide_layout
from harmonize.demo.wide_words import FullScale, quoted, read_full_scale
from harmonize.errors import InboxError
from harmonize.project import Project

__all__ = ["WideScale", "WideSummary", "write_full_scale"]

POSTING_DAYS = 85
LATER_DELIVERY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class WideScale:
    """How large the exports are.

    Attributes:
        rows: assessments that are handed in, copies included; spread evenly over the editions and files.
        columns: answer columns; the envelope and the scores stand besides.
        files: how many files; each holds one edition, so at least one for each edition.
        seed: another seed is another world.
        blanks: share of answer cells that are blank.
        first_factory: number of the first factory, from 1; the others follow on.
        editions: in the order of years; every factory answers in each of them.
    """

    rows: int = 5_000
    columns: int = 4_000
    files: int = 100
    seed: int = 7
    blanks: float = 0.35
    first_factory: int = 1
    editions: tuple[str, ...] = ("fem2023", "fem2024")

    def __post_init__(self) -> None:
        if not len(self.editions) <= self.files <= self.rows:
            raise InboxError(
                f"{self.rows} rows of {len(self.editions)} editions do not fit {self.files} files. "
                "Give a file for every edition and a row for every file."
            )


@dataclass(frozen=True, slots=True)
class WideSummary:
    """How much was written; `answers` are the filled answer cells, unit columns included."""

    inbox: Path
    files: int
    factories: int
    rows: int
    assessments: int
    cells: int
    answers: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One file: which factories of which edition, those of the file before that it repeats first."""

    path: str
    edition: str
    repeated: tuple[int, ...]
    factories: tuple[int, ...]


@dataclass(frozen=True)
class _Press:
    """What every row is printed from."""

    material: Material
    words: FullScale
    layout: WideLayout
    scale: WideScale

    @cached_property
    def _highest(self) -> npt.NDArray[np.int64]:
        return self.layout.sizes - 1

    def row(self, number: int, edition: str, *, amended: bool) -> tuple[str, int]:
        """The line of one assessment, and how many of its answer cells are filled."""
        answers = self._answers(number, edition, amended)
        line = ",".join((*self._envelope(number, edition), *answers))
        return line, len(answers) - answers.count("")

    def _answers(self, number: int, edition: str, amended: bool) -> list[str]:
        seed, layout = self.scale.seed, self.layout
        rng = np.random.default_rng((seed, number))
        blank, drawn = rng.random(len(layout.columns)), rng.random(len(layout.columns))
        year = list(self.words.postings).index(edition)
        for step in range(1, year + 1):
            drawn = _redrawn(drawn, self.words.changed_by_year, (seed, number, step))
        if amended:
            drawn = _redrawn(drawn, self.words.contributors.amended, (seed, number, year, 1))
        at = np.minimum((drawn * layout.sizes).astype(np.int64), self._highest)
        cells = layout.cells[layout.begins + at]
        cells[(blank >= layout.filled)[layout.follows]] = ""
        return cells.tolist()  # type: ignore[no-any-return]  # numpy says Any for a list of objects

    def _envelope(self, number: int, edition: str) -> Iterator[str]:
        factory = numbered_factory(number, self.material, self.words, self.scale.seed)
        rng = stream(self.scale.seed, "wide-row", number, edition)
        posted_on = self.words.postings[edition] + timedelta(days=rng.randrange(POSTING_DAYS))
        written = write_factory(factory, PLATFORM, self.material, self.scale.seed, date.max)
        is_verified = rng.random() < self.words.verified
        prints_os_id = int(factory.identifiers.higg_account[:4], 16) < self.words.os_id * 16**4
        facts = {
            "surveyid": f"femsurvey:{edition}:{factory.identifiers.higg_account}",
            "version": edition,
            "groupid": factory.identifiers.higg_account,
            "groupname": written.name,
            "SAC_Id": factory.identifiers.higg_id,
            "oarId": factory.identifiers.os_id if prints_os_id else "",
            "ParentCompany": f"{factory.name.stem} Holdings",
            "posted": "true",
            "verified": "true" if is_verified else "false",
            "status": "VRF" if is_verified else "ASC",
            "sitecountry": written.country,
            "siteaddress": written.address,
            "sitecity": written.city,
            "siteprovince": written.province,
            "sippostalcode": written.postal,
            "lat": str(factory.address.latitude),
            "lng": str(factory.address.longitude),
            "sipindustrysector": factory.sector,
            "sipfacilitytype": factory.facility_type,
            "siptotalnumemployees": str(factory.workers),
            "sipfacilityannualprodvolquant": str(factory.workers * 1150),
            "sipfacilityannualprodvolunits": "Pieces",
            "finishdate": posted_on.isoformat(),
        }
        yield from (quoted(facts.get(title, "")) for title in ENVELOPE)
        yield from (f"{rng.uniform(20, 95):.1f}" for _ in _scores())


def write_full_scale(out: Path, scale: WideScale, project: Project) -> WideSummary:
    """Write `<out>/inbox`; files that are there already stay or are written anew.

    Raises:
        InboxError: an edition that `schemas/demo/full_scale.yml` gives no day of posting.
    """
    schemas = project.find("schemas")
    words = read_full_scale(schemas)
    unknown = [edition for edition in scale.editions if edition not in words.postings]
    if unknown:
        raise InboxError(
            f"{schemas}/demo/full_scale.yml: no day of posting for {unknown[0]!r}. Add it under `postings`, or choose "
            f"among {', '.join(words.postings)}."
        )
    layout = wide_layout(project, words, scale.columns, scale.blanks, scale.seed)
    press = _Press(read_material(schemas), words, layout, scale)
    header = ",".join((*ENVELOPE, *_scores(), *layout.columns))
    rows = answers = size = 0
    factories: set[int] = set()
    assessments: set[tuple[str, int]] = set()
    deliveries = list(_deliveries(scale, words))
    for delivery in deliveries:
        lines, filled = _lines(press, delivery)
        content = "\r\n".join((header, *lines, "")).encode("utf-8")
        target = out / "inbox" / delivery.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        rows, answers, size = rows + len(lines), answers + filled, size + len(content)
        factories.update(delivery.factories, delivery.repeated)
        assessments.update((delivery.edition, number) for number in (*delivery.factories, *delivery.repeated))
    return WideSummary(
        inbox=out / "inbox",
        files=len(deliveries),
        factories=len(factories),
        rows=rows,
        assessments=len(assessments),
        cells=rows * len(layout.columns),
        answers=answers,
        bytes=size,
    )


def _redrawn(drawn: npt.NDArray[np.float64], share: float, purpose: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """The draws, a share of them made anew."""
    rng = np.random.default_rng(purpose)
    return np.where(rng.random(len(drawn)) < share, rng.random(len(drawn)), drawn)


def _scores() -> Iterator[str]:
    yield "score.total"
    yield from (f"{section}.score" for section in SECTIONS)


def _lines(press: _Press, delivery: _Delivery) -> tuple[list[str], int]:
    printed = [press.row(number, delivery.edition, amended=True) for number in delivery.repeated]
    printed += [press.row(number, delivery.edition, amended=False) for number in delivery.factories]
    return [line for line, _ in printed], sum(filled for _, filled in printed)


def _deliveries(scale: WideScale, words: FullScale) -> Iterator[_Delivery]:
    """The files in the order of editions and factories."""
    who = words.contributors
    for edition, (rows, files) in zip(scale.editions, _shares(scale), strict=True):
        received = words.postings[edition] + timedelta(days=POSTING_DAYS)
        number = scale.first_factory
        before: tuple[int, ...] = ()
        for file, size in enumerate(_even(rows, files), start=1):
            is_second = file % who.second_every == 0
            repeated = before[: round(size * who.shared)] if is_second else ()
            fresh = tuple(range(number, number + size - len(repeated)))
            contributor = who.second if is_second else who.first
            day = received + LATER_DELIVERY if is_second else received
            name = f"{edition}_{scale.first_factory:06d}_{file:05d}.csv"
            yield _Delivery(f"{contributor}/received-{day.isoformat()}/{name}", edition, repeated, fresh)
            before, number = fresh, number + len(fresh)


def _shares(scale: WideScale) -> list[tuple[int, int]]:
    """Rows and files of every edition."""
    count = len(scale.editions)
    return list(zip(_even(scale.rows, count), _even(scale.files, count), strict=True))


def _even(total: int, parts: int) -> list[int]:
    """`total` in `parts` whole numbers that differ by one at most."""
    return [total // parts + (part < total % parts) for part in range(parts)]
