"""Item."""
