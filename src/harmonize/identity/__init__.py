"""Which records are the same factory: prepare, block, compare, decide, cluster, and a ledger of ids.

`resolve` composes the steps; the pipeline needs nothing else of this package but the ledger and the decision keys.
"""

from harmonize.identity.accuracy import Accuracy, estimated
from harmonize.identity.decided_pairs import strata_of
from harmonize.identity.decision_ledger import read_decisions
from harmonize.identity.decisions import Decision, latest_decisions
from harmonize.identity.identified import Notice
from harmonize.identity.keys import decision_keys
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.ledger import append_ledger, ledger_of, read_ledger
from harmonize.identity.resolve import Resolution, resolve
from harmonize.identity.sampling_rules import SamplingRules

__all__ = [
    "Accuracy",
    "Decision",
    "Knowledge",
    "Notice",
    "Resolution",
    "SamplingRules",
    "append_ledger",
    "decision_keys",
    "estimated",
    "latest_decisions",
    "ledger_of",
    "read_decisions",
    "read_ledger",
    "resolve",
    "strata_of",
]
