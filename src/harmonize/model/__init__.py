"""The tables of contract version 1, the staged tables between the stages, and the issues."""
