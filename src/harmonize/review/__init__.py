"""The steward's desk: one queue of what only a person can decide, and the way of a decision into the ledgers.

It reads a release with its grants judged, the ledgers and the common language; it stands above the stages whose ledgers
it writes, and below the command line.
"""
