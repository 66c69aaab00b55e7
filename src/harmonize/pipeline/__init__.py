"""The only package that knows the order of the stages: an inbox becomes a release."""

from harmonize.pipeline.observer import Observer
from harmonize.pipeline.stages import RunResult, run
from harmonize.pipeline.understanding import Understanding, load_knowledge

__all__ = ["Observer", "RunResult", "Understanding", "load_knowledge", "run"]
