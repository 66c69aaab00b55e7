"""Who may see what: grants judged, rows chosen for every audience, and what never leaves withheld from them."""
