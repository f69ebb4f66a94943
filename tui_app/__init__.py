"""xtream-tui: a local, searchable copy of an Xtream Codes account, in the terminal."""

__version__ = "0.1.0"
