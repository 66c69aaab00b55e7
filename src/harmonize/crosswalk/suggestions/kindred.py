"""Questions that are mapped already, as further texts of their indicators: for a new or national edition.

Their texts stay with whoever gives them; nothing of them is written anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from harmonize.crosswalk.mapping import Edition
from harmonize.crosswalk.suggestions.indicators import IndicatorTexts, Spoken
from harmonize.crosswalk.suggestions.questions import AskedQuestion
from harmonize.crosswalk.suggestions.similarity import TextIndex
from harmonize.crosswalk.suggestions.wording import Wording
from harmonize.errors import ConfigurationError

__all__ = ["with_questions", "with_texts"]


def with_questions(
    known: IndicatorTexts, name: str, questions: Sequence[AskedQuestion], editions: Iterable[Edition], wording: Wording
) -> IndicatorTexts:
    """The indicators, said also by the questions of an edition that is mapped.

    Args:
        name: `instrument/edition` of its crosswalk.

    Raises:
        ConfigurationError: there is no such crosswalk, or it maps none of these questions.
    """
    by_name = {f"{edition.instrument}/{edition.edition}": edition for edition in editions}
    if name not in by_name:
        raise ConfigurationError(f"There is no crosswalk {name!r}; there are {', '.join(by_name)}.")
    number = {entry.indicator_id: at for at, entry in enumerate(known.entries)}
    mapped = {entry.question: entry.indicator_id for entry in by_name[name].entries.values() if entry.is_approved}
    said = [
        (number[indicator], f"{text} {question.parent}")
        for question in questions
        if (indicator := mapped.get(question.question_id)) in number and indicator is not None
        for text in question.texts
    ]
    if not said:
        raise ConfigurationError(
            f"The crosswalk {name} maps none of the {len(questions)} questions of that file, the first of which is "
            f"{questions[0].question_id!r}. The ids in the file must be those of the crosswalk."
        )
    return with_texts(known, name, said, wording)


def with_texts(known: IndicatorTexts, name: str, said: Sequence[tuple[int, str]], wording: Wording) -> IndicatorTexts:
    """The indicators, said also by these texts (number of the indicator, text), as if they were one more language."""
    size = len(known.entries)
    spoken = Spoken(
        TextIndex(((owner, wording.pieces(text)) for owner, text in said), size),
        TextIndex(((owner, [term.key for term in wording.terms(text)]) for owner, text in said), size),
        next(iter(known.spoken.values())).topics,
    )
    return replace(known, spoken={**known.spoken, name: spoken})
