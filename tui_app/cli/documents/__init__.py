"""The documents that `--json` prints. The commands make them, `xtream-tui schema` describes them.

Their docstrings and descriptions are those of the schemas. The modules are loaded when the first document is made:
msgspec costs a start 12 ms, which `--help`, completion and what is printed for people must not pay.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from tui_app.cli.documents import files, items, library, profiles, schemas, viewing

__all__ = ["files", "items", "library", "profiles", "schemas", "viewing"]


Document = TypeVar("Document")


def document_of(value: object, type_: type[Document]) -> Document:
    """Return the document with the attributes of a catalogue value, and of the values in it."""
    from msgspec import convert

    return convert(value, type_, from_attributes=True)


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
