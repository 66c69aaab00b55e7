"""The command line: the only code that prints, reads the clock and knows exit codes.

Exit codes: 0 clean, 1 done with issues, 2 usage or refusal. What a command works with is imported inside the command,
so that help, version and shell completion answer at once.
"""

from __future__ import annotations

import gc
import sys
import traceback

from harmonize.cli.app import app
from harmonize.cli.failures import INTERRUPTED, is_fault, sentence
from harmonize.cli.output import complain, escape_unprintable
from harmonize.cli.speech import choose_of_environment
from harmonize.cli.stopping import Stopped, stoppable

__all__ = ["app", "main"]


def main() -> None:
    """Entry point of the `harmonize` command."""
    escape_unprintable()
    choose_of_environment()
    try:
        with stoppable():
            app(prog_name="harmonize")
    except SystemExit as ended:
        if ended.code != INTERRUPTED:
            raise
        complain(sentence(KeyboardInterrupt()))
        sys.exit(2)
    except (Exception, Stopped) as problem:
        if is_fault(problem):
            traceback.print_exc()
        complain(sentence(problem))
        sys.exit(2)
    finally:
        # Memory goes with the process: to look for cycles in it before takes a fifth of a second.
        gc.freeze()
