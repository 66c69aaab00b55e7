"""Draft the profile of a source from a sample of its export: what is understood, what a person must say, a fixture."""
