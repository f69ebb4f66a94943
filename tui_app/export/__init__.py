"""Exports: titles of the local copy as a playlist or as documents, written row by row. Knows no command line."""

from __future__ import annotations

from tui_app.export.exporting import FORMATS, Exported, Format, Wish, export_items, write_items
from tui_app.export.records import COLUMNS, Addresses, addresses_of, listed_item

__all__ = [
    "COLUMNS",
    "FORMATS",
    "Addresses",
    "Exported",
    "Format",
    "Wish",
    "addresses_of",
    "export_items",
    "listed_item",
    "write_items",
]
