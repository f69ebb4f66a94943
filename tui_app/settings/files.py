"""One TOML file, read as it is and changed with care: locked, atomic, and never when it could not be read.

It knows nothing of what stands in the file. Keys it is not told of survive every change; comments do not.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from tui_app.atomic import replace_file
from tui_app.errors import SecretError, SettingsError
from tui_app.file_access import make_private_folder, open_regular
from tui_app.locks import held
from tui_app.settings.toml_text import LARGEST_TOML, Document, TomlProblem, parse_toml

__all__ = ["Document", "TomlFile"]


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A file that need not exist yet. A `private` one holds secrets: 0600, and refused when others can read it."""

    path: Path
    private: bool = False

    def read(self) -> Document:
        """What stands in the file; empty when there is none.

        Raises `SettingsError` naming the file and, for bad TOML, line and column; `SecretError` when a private file
        is open to others.
        """
        try:
            with os.fdopen(open_regular(self.path), "rb") as stream:
                self._refuse_if_exposed(os.fstat(stream.fileno()))
                raw = stream.read(LARGEST_TOML + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise SettingsError(f"Can't read {self.path}: {error.strerror}.", hint="") from error
        try:
            return parse_toml(raw)
        except TomlProblem as error:
            problem = error.place if self.private else str(error)
        raise SettingsError(f"{self.path} is not valid TOML: {problem}.")

    def change(self, change: Callable[[Document], None]) -> None:
        """Let `change` edit what stands in the file *now*, then replace the file in one step.

        Other writers wait meanwhile. If `change` raises or alters nothing, the file stays byte for byte. Raises what
        `read` raises, and `SettingsError` when the file can't be written.
        """
        try:
            make_private_folder(self.path.parent)
            with held(self.path):
                document = self.read()
                before = deepcopy(document)
                change(document)
                if document != before:
                    replace_file(self.path, self._render(document), keeps_mode=not self.private, is_locked=True)
        except OSError as error:
            raise SettingsError(f"Can't write {self.path}: {error.strerror}.", hint="") from error

    def _refuse_if_exposed(self, status: os.stat_result) -> None:
        if self.private and os.name == "posix" and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SecretError(f"Others can read {self.path}, so it is not used.", hint=f"Run: chmod 600 '{self.path}'")

    def _render(self, document: Document) -> bytes:
        import tomli_w  # imported late: most runs only read

        try:
            content = tomli_w.dumps(document).encode()
        except UnicodeEncodeError:  # its text would be the whole file: raised without it
            content = b""
        if not content and document:
            raise SettingsError(f"Can't write {self.path}: a value is not valid Unicode.", hint="")
        if len(content) > LARGEST_TOML:  # it could not be read again
            raise SettingsError(f"Can't write {self.path}: it would be larger than {LARGEST_TOML:,} bytes.", hint="")
        return content
