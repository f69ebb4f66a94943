"""One TOML file, read as it is and changed with care: locked, atomic, and never when it could not be read.

It knows nothing of what stands in the file. Keys it is not told of survive every change; comments do not.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_app.atomic import replace_file
from tui_app.errors import SecretError, SettingsError
from tui_app.file_access import make_private_folder, open_regular
from tui_app.locks import held

Document = dict[str, Any]


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
                raw = stream.read()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise SettingsError(f"Can't read {self.path}: {error.strerror}.", hint="") from error
        return self._parse(raw)

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

    def _parse(self, raw: bytes) -> Document:
        text = ""
        try:
            text = raw.decode("utf-8-sig")  # -sig: Windows editors add a mark
            return tomllib.loads(text)
        except UnicodeDecodeError as error:
            problem = f"byte {error.start + 1} is not UTF-8"
        except tomllib.TOMLDecodeError as error:
            last_line = text.count("\n", 0, len(text.rstrip())) + 1
            problem = str(error).replace("at end of document", f"at the end, line {last_line}")
            problem = _place_only(problem) if self.private else problem
        except RecursionError:
            problem = "too many levels"
        # raised here, not above: the decoder's errors carry the text, and a private file's must not travel
        raise SettingsError(f"{self.path} is not valid TOML: {problem}.")

    def _render(self, document: Document) -> bytes:
        import tomli_w  # imported late: most runs only read

        try:
            return tomli_w.dumps(document).encode()
        except UnicodeEncodeError:
            pass  # its text would be the whole file
        raise SettingsError(f"Can't write {self.path}: a value is not valid Unicode.", hint="")


def _place_only(message: str) -> str:
    """The "at line 3, column 9" of tomllib's message, without what it read there."""
    place = re.search(r"\(at ([^()]*)\)$", message)
    return f"error at {place[1]}" if place else "it can't be parsed"
