"""What an audience may see: grants, the rights of instruments, and what follows from both."""
