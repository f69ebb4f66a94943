"""Writes of a sync: full load, differences, details, order, history, state."""
