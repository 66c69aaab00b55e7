"""What a factory needs most, where its peers stand, and what others did before the same matter turned."""
