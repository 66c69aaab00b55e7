"""`python -m harmonize`: the command line, where its script is not on the path."""

from harmonize.cli import main

main()
