"""What an answer to their question implies for our indicator: predicate x state -> implied state, in one table."""

from __future__ import annotations

from pathlib import Path

from harmonize.crosswalk.language import STATES
from harmonize.crosswalk.mapping import PREDICATES
from harmonize.errors import ConfigurationError
from harmonize.yaml_text import read_yaml

__all__ = ["load_entailment"]


def load_entailment(path: Path) -> list[tuple[str, str, str]]:
    """Rows of (comparability, state, implied state).

    Raises:
        ConfigurationError: an unknown predicate or state.
    """
    rows = [
        (predicate, state, implied)
        for predicate, states in read_yaml(path).items()
        for state, implied in states.items()
    ]
    for predicate, *states in rows:
        wrong = [word for word in states if word not in STATES]
        if predicate not in PREDICATES.values() or wrong:
            raise ConfigurationError(f"{path}: {predicate}: {wrong or predicate!r} is unknown; see the states.")
    return rows
