"""What leaves for audiences, and what is withheld from them."""
