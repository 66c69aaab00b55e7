"""What the commands of the queue work on: the release with its grants judged, the ledgers, rules and words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonize.cli.facility_input import project_knowledge
from harmonize.cli.judged_grants import judged_grants
from harmonize.cli.output import complain, say
from harmonize.errors import ConfigurationError
from harmonize.project import Project

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from harmonize.review.applying import Plan
    from harmonize.review.evidence import Candidate
    from harmonize.review.items import Item
    from harmonize.review.queue import Material
    from harmonize.review.rules import ReviewRules
    from harmonize.review.words import Spoken

__all__ = [
    "Desk",
    "decisions_folder",
    "desk_rules",
    "desk_words",
    "finish_cut_off",
    "indicators",
    "known_kinds",
    "open_desk",
    "tell_plan",
]

_MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Desk:
    """The queue of a release.

    Attributes:
        release_id, as_of: of the release.
    """

    release_id: str
    as_of: date
    material: Material

    def items(self, kinds: Sequence[str]) -> list[Item]:
        """The open items of these kinds, in their order."""
        from harmonize.review.queue import open_items

        return open_items(self.material, kinds)

    def offered(self, items: Sequence[Item]) -> list[Item]:
        """The same items, with candidates for their questions; this takes a few seconds, where there is a question."""
        from harmonize.review.queue import open_items

        if not any(item.kind == "question" for item in items):
            return list(items)
        suggest = partial(_candidates, language=self.material.words.language)
        found = {item.item_id: item for item in open_items(replace(self.material, suggest=suggest), ["question"])}
        return [found.get(item.item_id, item) for item in items]


def decisions_folder(out: Path) -> Path:
    """Where the ledgers lie."""
    return Project.locate(Path.cwd()).decisions_folder(out)


def desk_rules() -> ReviewRules:
    """The order of the queue, and who must agree."""
    from harmonize.review.rules import load_review_rules

    return load_review_rules(Project.locate(Path.cwd()).find("pipelines/review.yml"))


def desk_words(language: str) -> Spoken:
    """The words of the queue in a language."""
    from harmonize.review.words import Glossary, load_review_words
    from harmonize.spoken_words import LANGUAGES

    project = Project.locate(Path.cwd())
    words = load_review_words(project.find("schemas/review_words.yml"))
    if language == LANGUAGES[0]:
        return words.spoken(language)
    from harmonize.assessments.reuse.questionnaire import load_states
    from harmonize.issue_catalogue import load_issue_catalogue

    states = load_states(project.find("schemas/language/states.yml"))
    entries = load_issue_catalogue(project).values()
    return words.spoken(
        language,
        Glossary(
            {name: labels[language] for name, labels in states.items() if language in labels},
            {one.code: (one.cause[language], one.cure[language]) for one in entries if language in one.cause},
        ),
    )


def known_kinds(named: Sequence[str] | None) -> list[str]:
    """The kinds that are named, or all.

    Raises:
        ConfigurationError: one is none.
    """
    from harmonize.review.kinds import KINDS

    for name in named or ():
        if name not in KINDS:
            raise ConfigurationError(f"There is no kind {name!r}; there are {', '.join(KINDS)}.")
    return [name for name in KINDS if not named or name in named]


def finish_cut_off(out: Path) -> None:
    """Finish an act that a kill or a power cut left half recorded."""
    from harmonize.review.journal import finish

    if finish(decisions_folder(out)):
        complain("an act that was cut off before has been recorded to its end.")


@contextmanager
def open_desk(out: Path, language: str = "en", as_of: date | None = None) -> Iterator[Desk]:
    """The queue of the current release.

    Args:
        as_of: the day of judgement of grants; default the release's own.

    Raises:
        InboxError: there is no release, or it cannot be read.
    """
    from harmonize.review.queue import Material
    from harmonize.review.saying import read_standing
    from harmonize.sharing.withholding_rules import load_withholding_rules

    project, words = Project.locate(Path.cwd()), desk_words(language)
    finish_cut_off(out)
    with judged_grants(out, as_of or _own_day(out), None) as (connection, _), ExitStack() as stack:
        connection.execute("USE steward")
        ((release_id, day),) = connection.execute("SELECT release_id, as_of FROM release").fetchall()
        material = Material(
            connection,
            _pairs(stack, project, out, connection),
            desk_rules(),
            load_withholding_rules(project.find("schemas/sharing.yml")),
            read_standing(decisions_folder(out)),
            words,
        )
        yield Desk(release_id, day, material)
        connection.execute("USE memory")


def _own_day(out: Path) -> date:
    from harmonize.cli.facility_release import open_release

    with open_release(out) as release:
        ((day,),) = release.connection.execute("SELECT as_of FROM release").fetchall()
    found: date = day
    return found


def _pairs(stack: ExitStack, project: Project, out: Path, connection: DuckDBPyConnection) -> pa.Table:
    """The compared pairs of the last run on which a person should look."""
    import pyarrow.compute as pc

    from harmonize.identity.memory import Memory
    from harmonize.identity.outcome import recall
    from harmonize.review.queue import TOLD_PAIR

    knowledge = project_knowledge(stack).knowledge
    told = recall(Memory(project.stage_folder(out) / "identity", knowledge.stamp), "").told
    ((mentions,),) = connection.execute("SELECT count(*) FROM facility_mention").fetchall()
    if not told.num_rows and mentions > 1:
        say("note       what the last run compared is not at hand, so pairs of factories are missing: run again.")
    is_question = pc.and_(pc.and_(told["is_told"], pc.equal(told["verdict"], "review")), pc.is_valid(told["judged"]))
    return told.filter(is_question).select(TOLD_PAIR.names)


def _candidates(rows: Sequence[Mapping[str, Any]], language: str) -> list[Sequence[Candidate]]:
    """Indicators for unmapped questions, by what was answered to them."""
    from harmonize.cli.suggest import suggestion_knowledge
    from harmonize.crosswalk.suggestions.questions import AskedQuestion
    from harmonize.crosswalk.suggestions.rank import rank
    from harmonize.crosswalk.suggestions.reasons import Reasons, asked_by

    project = Project.locate(Path.cwd())
    evidence, model, editions = suggestion_knowledge(project, [], {})
    reasons = Reasons(evidence, asked_by(editions))
    asked = [AskedQuestion(str(row["question"]), _asked(row)) for row in rows]
    return [
        [
            (
                evidence.known.entries[one.indicator].indicator_id,
                f"{_label(evidence.known.entries[one.indicator].labels, language)} ({one.probability:.2f}; "
                f"{reasons.of(ranking.question, one)})",
            )
            for one in ranking.candidates[:_MOST_CANDIDATES]
        ]
        for ranking in rank(asked, evidence, model, _MOST_CANDIDATES)
    ]


def _label(labels: Mapping[str, str], language: str) -> str:
    return labels.get(language) or labels["en"]


def _asked(row: Mapping[str, Any]) -> str:
    """What a question is about, as far as an export shows it: the words of findings, or its own id."""
    said = " ".join(row["said"] or ()) if row["is_clause"] else ""
    return said or str(row["question"]).replace("_", " ").replace(".", " ")


def indicators() -> Callable[[str], bool]:
    """Says whether the common language has an indicator of that id; it is loaded when first asked, and once."""
    from functools import cache

    @cache
    def known() -> frozenset[str]:
        from harmonize.crosswalk.language import load_language

        return frozenset(load_language(Project.locate(Path.cwd())).indicators)

    return lambda name: name in known()


def tell_plan(plan: Plan, is_trial: bool = False) -> None:
    """Say what was recorded, what waits, and how it is taken back."""
    count = sum(plan.decided.values())
    kinds = ", ".join(f"{number} {kind}" for kind, number in plan.decided.items())
    say(f"{'would be' if is_trial else 'recorded':<12} {count} decisions{f': {kinds}' if kinds else ''}")
    if plan.waiting:
        say(f"waiting      {plan.waiting} for a second person")
    if plan.already:
        say(f"already      {plan.already} said before")
    if plan.act_id and not is_trial:
        say(f"act          {plan.act_id}; `harmonize review undo {plan.act_id} --by PSEUDONYM` takes it back")
        say("It holds from the next run and publish on.")
