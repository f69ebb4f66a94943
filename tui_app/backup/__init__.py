"""Backups: write profiles, settings and user data into one file, and restore them.

Libraries are not included: a sync downloads them again.
"""

from __future__ import annotations

from tui_app.backup.archive import Backup, is_backup, opened_backup, write_backup
from tui_app.backup.encryption import EncryptedSecrets, can_encrypt
from tui_app.backup.plan import Plan, make_plan
from tui_app.backup.restoring import restore

__all__ = [
    "Backup",
    "EncryptedSecrets",
    "Plan",
    "can_encrypt",
    "is_backup",
    "make_plan",
    "opened_backup",
    "restore",
    "write_backup",
]
