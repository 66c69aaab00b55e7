"""The invented inbox: made-up factories, their exports with planted faults, and the truth to score a run by."""

from harmonize.demo.generate import DemoSummary, generate
from harmonize.demo.score import DemoScore, score

__all__ = ["DemoScore", "DemoSummary", "generate", "score"]
