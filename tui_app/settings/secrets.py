"""Passwords: in the system keyring, printed by a user's command, or in a file only the owner can read.

No password is kept in memory, and no error, log or `repr` shows one. Every password is registered with the redactor.
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Literal

from tui_app.errors import SecretError, UsageError
from tui_app.paths import HOME_VARIABLE, Paths
from tui_app.settings import keyring_access
from tui_app.settings.documents import Table
from tui_app.settings.schema import PasswordSource
from tui_app.settings.toml_file import Document, TomlFile
from tui_app.text import redactor

if TYPE_CHECKING:
    from tui_app.settings.schema import Profile


class PasswordStore:
    """The passwords of all profiles. May wait for a keyring or a command: use it in a thread.

    All methods raise `SecretError`, and `SettingsError` when the secrets file is not valid TOML or can't be written.
    """

    def __init__(self, paths: Paths) -> None:
        self._file = TomlFile(paths.secrets_file, private=True)

    def best_source(self) -> Literal["keyring", "file"]:
        """Return where to store a new password: the keyring if one works, else the file.

        With `XTREAM_TUI_HOME` set it is the file, because that folder is meant to contain everything.
        """
        if os.environ.get(HOME_VARIABLE):
            return "file"
        return "keyring" if keyring_access.works() else "file"

    def store(self, profile_name: str, source: PasswordSource, password: str) -> None:
        """Store `password`, stripped, in place of an earlier one."""
        if source == "command":
            raise UsageError("A profile with a password command has no stored password.")
        password = _usable(password)
        redactor.learn(password)
        if source == "keyring":
            keyring_access.store(profile_name, password)
        else:
            self._file.change(lambda document: self._put(document, profile_name, password))

    def read(self, profile: Profile) -> str:
        """Return the password of `profile` from its source."""
        if profile.password_source == "command":
            from tui_app.settings.password_command import password_from  # noqa: PLC0415 - most runs need no password

            password: str | None = password_from(profile.password_command or "")
        elif profile.password_source == "keyring":
            password = keyring_access.read(profile.name)
        else:
            password = self._passwords(self._file.read()).text(profile.name, "").strip()
        if not password:
            raise SecretError(
                f"No password is stored for profile “{profile.name}”.",
                hint=f"Set it: xtream-tui profile set {shlex.quote(profile.name)} --password-stdin",
            )
        redactor.learn(password)
        return password

    def copy(self, profile: Profile, to_name: str) -> None:
        """Store the password of `profile` under a second name too, if there is one."""
        if profile.password_source == "keyring":
            password = keyring_access.read(profile.name)
            if password:
                keyring_access.store(to_name, password)
        elif profile.password_source == "file":
            password = self._passwords(self._file.read()).text(profile.name, "")
            if password:
                self.store(to_name, "file", password)

    def forget(self, profile: Profile) -> None:
        """Remove the password of `profile` from its source, if there is one."""
        if profile.password_source == "keyring":
            keyring_access.forget(profile.name)
        elif profile.password_source == "file" and profile.name in self._passwords(self._file.read()):
            self._file.change(lambda document: self._drop(document, profile.name))

    def _passwords(self, document: Document) -> Table:
        return Table(document, str(self._file.path)).table("passwords")

    def _put(self, document: Document, name: str, password: str) -> None:
        self._passwords(document)  # raises if it is not a table
        document.setdefault("passwords", {})[name] = password

    def _drop(self, document: Document, name: str) -> None:
        self._passwords(document)
        document.get("passwords", {}).pop(name, None)


def _usable(password: str) -> str:
    password = password.strip()
    if not password:
        raise SecretError("The password is empty.", hint="Enter the password your provider sent.")
    if any("\ud800" <= char <= "\udfff" for char in password):
        raise SecretError("The password is not valid Unicode text.", hint="Check how it was typed or piped in.")
    return password
