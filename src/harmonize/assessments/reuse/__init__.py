"""What need not be asked again: evidence judged against what a buyer requires, and what is left to ask."""
