"""What a test needs and a type allows to be missing."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def present(value: T | None) -> T:
    """Return the value. Raises `AssertionError` when there is none."""
    assert value is not None
    return value
