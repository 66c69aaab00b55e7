"""What a finished release says in figures and small tables."""
