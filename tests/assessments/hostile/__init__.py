"""A hostile inbox with its truth: reports handed in by several contributors, in several formats and spellings.

Every file holds one delivery. Two deliveries are one report where their truth has one key. Beside the copies stands
what looks like one and is none: the next cycle with nearly the same answers, a follow-up that lists the same findings,
a verified assessment that confirms every answer, numbers that are used again or follow each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from tests.assessments.hostile.audits import bsci, ersa, smeta6, smeta7
from tests.assessments.hostile.corpus import Corpus, Site, invented_site
from tests.assessments.hostile.platforms import caf, fem
from tests.assessments.hostile.programmes import better_work_cycles, gap_visits, pvh, vietnam, wrap

__all__ = ["Corpus", "hostile_corpus"]

MAKERS: Sequence[Callable[[Corpus, Site, Random], None]] = (
    *(caf, fem, smeta6, smeta7, bsci),
    *(gap_visits, wrap, vietnam, ersa, better_work_cycles, pvh),
)


def hostile_corpus(sites: int, seed: int) -> Corpus:
    """An inbox of so many factories."""
    rng = Random(seed)
    corpus = Corpus(rng)
    for number in range(sites):
        site = invented_site(number, rng)
        for maker in MAKERS:
            maker(corpus, site, rng)
    return corpus
