"""Pure functions on single values: text, numbers, dates, units, names, identifiers, places."""
