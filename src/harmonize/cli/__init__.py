"""The command line: the only code that prints, reads the clock and knows exit codes.

Exit codes: 0 clean, 1 done with issues, 2 usage or refusal.
"""

from __future__ import annotations

import sys

from harmonize.cli.app import app
from harmonize.cli.output import complain
from harmonize.errors import HarmonizeError

__all__ = ["app", "main"]


def main() -> None:
    """Entry point of the `harmonize` command."""
    try:
        app()
    except HarmonizeError as problem:
        complain(str(problem))
        sys.exit(2)
    except KeyboardInterrupt:
        complain("Stopped. The last release is as it was.")
        sys.exit(2)
