"""The invented inbox: made-up factories, their exports with planted faults, and the truth to score a run by."""

from harmonize.demo.generate import DemoSummary, generate
from harmonize.demo.measures import Tally
from harmonize.demo.score import DemoScore, score
from harmonize.demo.share_score import score_shares

__all__ = ["DemoScore", "DemoSummary", "Tally", "generate", "score", "score_shares"]
