"""Harmonize: the common language for factory assessments in apparel and footwear."""

__version__ = "0.1.0"

__all__ = ["__version__"]
