"""Answer scales: which word of an export means which answer state (`schemas/scales.yml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harmonize.crosswalk.language import STATES
from harmonize.errors import ConfigurationError
from harmonize.values.text import word_key
from harmonize.yaml_text import read_yaml

__all__ = ["UNKNOWN_ANSWER", "Scale", "fitting_scale", "load_scales", "state_of"]

UNKNOWN_ANSWER = "unknown_answer"
_SWAPPED = {"met": "not_met", "not_met": "met"}


@dataclass(frozen=True, slots=True)
class Scale:
    """Words (case-folded) to states; `otherwise` is the state of any other word, or `unknown_answer`."""

    name: str
    words: Mapping[str, str]
    otherwise: str


def load_scales(path: Path) -> Mapping[str, Scale]:
    """Load the scales.

    Raises:
        ConfigurationError: a state that does not exist.
    """
    scales: dict[str, Scale] = {}
    for name, content in read_yaml(path)["scales"].items():
        words = {word_key(str(word)): state for word, state in content["words"].items()}
        wrong = [state for state in (*words.values(), content["otherwise"]) if state not in STATES | {UNKNOWN_ANSWER}]
        if wrong:
            raise ConfigurationError(f"{path}: scale {name}: {wrong[0]!r} is no answer state.")
        scales[name] = Scale(name, words, content["otherwise"])
    return scales


def state_of(scale: Scale, answer: str, polarity: str | None) -> str:
    """The state of a printed answer; negative polarity swaps met and not met."""
    state = scale.words.get(word_key(answer), scale.otherwise)
    return _SWAPPED.get(state, state) if polarity == "negative" else state


def fitting_scale(answers: Sequence[str], scales: Mapping[str, Scale]) -> str | None:
    """The scale that has all of these answers among its words, and the fewest words besides; None where none has."""
    words = set(map(word_key, answers))
    fitting = [scale for scale in scales.values() if words <= scale.words.keys()]
    return min(fitting, key=lambda scale: len(scale.words)).name if words and fitting else None
