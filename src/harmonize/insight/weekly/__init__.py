"""The sheets of a week: for a buyer what is new, overdue and ends, with the evidence behind it."""
