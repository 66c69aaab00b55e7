"""Do without Python's search for cycles of objects while many objects are made that stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["without_collector"]


@contextmanager
def without_collector() -> Iterator[None]:
    """Look for no cycles meanwhile: every search walks over all that was made, which takes up to a quarter of the time.

    Fit for work whose objects form no cycles, such as rows of plain values, or that ends soon.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
