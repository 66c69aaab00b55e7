"""One corrective action plan per factory: what a release says of it, its words, its workbook."""
