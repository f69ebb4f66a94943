"""Exports: items of the library as a playlist or as documents, written row by row."""

from __future__ import annotations

from tui_app.export.exporting import FORMATS, Exported, ExportRequest, Format, export_items, export_tree, write_items
from tui_app.export.records import COLUMNS, Addresses, addresses_of

__all__ = [
    "COLUMNS",
    "FORMATS",
    "Addresses",
    "ExportRequest",
    "Exported",
    "Format",
    "addresses_of",
    "export_items",
    "export_tree",
    "write_items",
]
