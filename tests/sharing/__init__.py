"""What leaves for audiences, and what does not."""
