"""Files for public bodies and lenders: aggregates that tell of nobody, and a factory's own figures under its grant."""
