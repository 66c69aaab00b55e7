"""A question as an unseen questionnaire asks it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AskedQuestion"]


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question.

    Attributes:
        text: what is asked; empty where the questionnaire prints none.
        section: headings that it stands under, the widest first, parted by ` / `.
        parent: the text of the question that it belongs to (a tick box without its question says little).
        translations: the same text in further languages.
    """

    question_id: str
    text: str
    section: str = ""
    parent: str = ""
    translations: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The text in every language."""
        return (self.text, *self.translations)
