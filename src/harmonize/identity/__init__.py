"""Which records are the same factory: prepare, block, compare, decide, cluster, and a ledger of ids.

`resolve` composes the steps; the pipeline needs nothing else of this package but the ledger and the decision keys.
"""

from harmonize.identity.decision_ledger import read_decisions
from harmonize.identity.decisions import Decision
from harmonize.identity.identified import Notice
from harmonize.identity.keys import decision_keys
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.ledger import LedgerEntry, append_ledger, read_ledger
from harmonize.identity.resolve import Resolution, resolve

__all__ = [
    "Decision",
    "Knowledge",
    "LedgerEntry",
    "Notice",
    "Resolution",
    "append_ledger",
    "decision_keys",
    "read_decisions",
    "read_ledger",
    "resolve",
]
