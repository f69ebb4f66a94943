"""What the last logins said, in `accounts.toml` of the data folder: facts the program wrote for itself.

They are kept apart from `profiles.toml` so that a login never rewrites a file that people edit. Nothing here is worth
stopping for: a damaged file is set aside and counts as "never logged in".
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable

from tui_app.errors import SettingsError
from tui_app.paths import Paths
from tui_app.settings.documents import account_from, account_table
from tui_app.settings.files import Document, TomlFile
from tui_app.settings.schema import KnownAccount
from tui_app.settings.tables import Table, overlay

log = logging.getLogger(__name__)


class KnownAccounts:
    """The facts of all profiles of one installation."""

    def __init__(self, paths: Paths) -> None:
        self._file = TomlFile(paths.accounts_file)

    def read(self) -> dict[str, KnownAccount]:
        """The facts by profile name."""
        try:
            table = Table(self._file.read(), str(self._file.path))
            return {name: account_from(table.table(name)) for name in table}
        except SettingsError:
            return {}

    def save(self, name: str, account: KnownAccount) -> None:
        """Replace the facts of one profile, if the file can be written."""
        self._change(lambda document: overlay(document, {name: account_table(account)}))

    def forget(self, name: str) -> None:
        """Drop the facts of one profile, if there are any."""

        def drop(document: Document) -> None:
            document.pop(name, None)

        if name in self.read():
            self._change(drop)

    def _change(self, change: Callable[[Document], None]) -> None:
        try:
            self._set_aside_if_damaged()
            self._file.change(change)
        except (SettingsError, OSError) as error:
            log.warning("what the last login said can't be kept: %s", error)

    def _set_aside_if_damaged(self) -> None:
        path = self._file.path
        try:
            table = Table(self._file.read(), str(path))
            for name in table:
                table.table(name)
        except SettingsError:
            if os.path.lexists(path):
                path.replace(path.with_suffix(".damaged"))
