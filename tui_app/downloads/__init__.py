"""Files taken along: downloads that resume, and recordings of channels. One at a time for each profile."""

from __future__ import annotations

from tui_app.downloads.recording import Recording, record
from tui_app.downloads.transfer import DiskFull, Transfer, TransferOptions, download

__all__ = ["DiskFull", "Recording", "Transfer", "TransferOptions", "download", "record"]
