"""Posters, covers and logos: fetched politely, cached on disk, and drawn with half blocks.

Needs Pillow, the extra `images`. Nothing is requested unless a screen asks for a picture.
"""

from __future__ import annotations

from tui_app.pictures.drawing import Colour, Picture, can_draw

__all__ = ["Colour", "Picture", "can_draw"]
