"""Where a cell of a release comes from, and why one is empty: for the steward, over all rows."""
