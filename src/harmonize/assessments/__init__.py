"""Each visit once: copies, the order in which deliveries win, conflicts, lineage, findings, actions, overlap."""
