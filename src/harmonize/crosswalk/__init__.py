"""Their questions to our indicators: load, lint, resolve, harmonise, coverage."""
