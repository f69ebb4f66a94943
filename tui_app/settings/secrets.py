"""Where passwords are kept: the system keyring, a command of the user's, or a file readable by the owner alone.

It never keeps one in memory, and no error, log or `repr` of it shows one. What it reads, the redactor learns.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from tui_app.errors import SecretError, UsageError
from tui_app.paths import HOME_VARIABLE, Paths
from tui_app.settings.documents import Table
from tui_app.settings.schema import PasswordSource
from tui_app.settings.toml_file import Document, TomlFile
from tui_app.text import redactor

if TYPE_CHECKING:
    from tui_app.settings.schema import Profile


class PasswordStore:
    """The passwords of all profiles of one installation. May wait for a keyring or a command: ask it in a thread.

    All methods raise `SecretError`, and `SettingsError` when the secrets file is not valid TOML or can't be written.
    """

    def __init__(self, paths: Paths) -> None:
        self._file = TomlFile(paths.secrets_file, private=True)

    def best_source(self) -> Literal["keyring", "file"]:
        """Where to keep a new password: the keyring where one works, else the file.

        With `XTREAM_TUI_HOME` set it is always the file: that folder is meant to hold everything.
        """
        if os.environ.get(HOME_VARIABLE):
            return "file"
        from tui_app.settings import keyring_access

        return "keyring" if keyring_access.works() else "file"

    def store(self, profile_name: str, source: PasswordSource, password: str) -> None:
        """Keep `password`, without blanks and line ends around it, in the place of an earlier one."""
        if source == "command":
            raise UsageError("A profile with a password command keeps no password of its own.")
        password = _usable(password)
        redactor.learn(password)
        if source == "keyring":
            from tui_app.settings import keyring_access

            keyring_access.store(profile_name, password)
        else:
            self._file.change(lambda document: self._put(document, profile_name, password))

    def read(self, profile: Profile) -> str:
        """The password of `profile`, from where it says."""
        if profile.password_source == "command":
            from tui_app.settings.password_command import password_from

            password: str | None = password_from(profile.password_command or "")
        elif profile.password_source == "keyring":
            from tui_app.settings import keyring_access

            password = keyring_access.read(profile.name)
        else:
            password = self._passwords(self._file.read()).text(profile.name, "").strip()
        if not password:
            raise SecretError(
                f"No password is stored for profile “{profile.name}”.", hint="Remove the profile and add it again."
            )
        redactor.learn(password)
        return password

    def copy(self, profile: Profile, to_name: str) -> None:
        """Keep the password of `profile` under a second name too; nothing happens when there is none."""
        if profile.password_source == "keyring":
            from tui_app.settings import keyring_access

            password = keyring_access.read(profile.name)
            if password:
                keyring_access.store(to_name, password)
        elif profile.password_source == "file":
            password = self._passwords(self._file.read()).text(profile.name, "")
            if password:
                self.store(to_name, "file", password)

    def forget(self, profile: Profile) -> None:
        """Remove the password of `profile` from where it says; nothing happens when there is none."""
        if profile.password_source == "keyring":
            from tui_app.settings import keyring_access

            keyring_access.forget(profile.name)
        elif profile.password_source == "file" and profile.name in self._passwords(self._file.read()):
            self._file.change(lambda document: self._drop(document, profile.name))

    def _passwords(self, document: Document) -> Table:
        return Table(document, str(self._file.path)).table("passwords")

    def _put(self, document: Document, name: str, password: str) -> None:
        self._passwords(document)  # refuses a file where it is something else than a table
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
