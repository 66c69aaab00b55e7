"""Candidates for the questions of an unseen questionnaire: read it, rank our indicators, draft a crosswalk."""
