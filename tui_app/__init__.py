"""xtream-tui: a local, searchable copy of an Xtream Codes account, in the terminal."""

__version__ = "0.1.0"
#: The day of that version, as CHANGELOG.md has it: the date of the manual page.
__released__ = "2026-11-22"
