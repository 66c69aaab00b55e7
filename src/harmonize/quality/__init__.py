"""Quality: what must hold of a finished release before anybody may read it."""
