"""Read TOML of any origin safely, and change one TOML file: locked, atomically, and only if it could be read.

`tomllib` alone takes minutes for a key of 500,000 parts, raises `RecursionError` and plain `ValueError`, and returns
nesting and numbers that TOML writers can't write. Changes keep unknown keys; in files that people edit, also comments,
order and blank lines.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import tomllib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tui_app.errors import SecretError, SettingsError
from tui_app.file_access import make_private_folder, open_regular, replace_file
from tui_app.locks import held

__all__ = ["Document", "TomlFile"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A file that need not exist. A `private` one contains secrets: mode 0600, refused when others can read it.

    Of one `by_hand`, which people edit, a change leaves everything else as it is written.
    """

    path: Path
    private: bool = False
    by_hand: bool = False

    def read(self) -> Document:
        """Return the content of the file; empty when there is none.

        Raises `SettingsError` naming the file and, for bad TOML, line and column; `SecretError` when others can read a
        private file.
        """
        return self._parse(self._content())

    def _content(self) -> bytes:
        try:
            with os.fdopen(open_regular(self.path), "rb") as stream:
                self._refuse_if_exposed(os.fstat(stream.fileno()))
                return stream.read(LARGEST_TOML + 1)
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise SettingsError(f"Can't read {self.path}: {error.strerror}.", hint="") from error

    def _parse(self, raw: bytes) -> Document:
        try:
            return parse_toml(raw)
        except TomlProblem as error:
            problem = error.location if self.private else str(error)
        raise SettingsError(f"{self.path} is not valid TOML: {problem}.")

    def change(self, change: Callable[[Document], None]) -> None:
        """Let `change` edit the current content, then replace the file atomically.

        Other writers wait meanwhile. If `change` raises or alters nothing, the file is not touched. Raises what `read`
        raises, and `SettingsError` when the file can't be written.
        """
        try:
            make_private_folder(self.path.parent)
            with held(self.path):
                raw = self._content()
                document = self._parse(raw)
                before = deepcopy(document)
                change(document)
                if document != before:
                    content = self._render(document)
                    if self.by_hand and max(len(raw), len(content)) <= LARGEST_BY_HAND:
                        content = _edited(raw, before, document) or content
                    replace_file(self.path, content, keeps_mode=not self.private, is_locked=True)
        except OSError as error:
            raise SettingsError(f"Can't write {self.path}: {error.strerror}.", hint="") from error

    def _refuse_if_exposed(self, status: os.stat_result) -> None:
        if self.private and os.name == "posix" and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SecretError(f"Others can read {self.path}, so it is not used.", hint=f"Run: chmod 600 '{self.path}'")

    def _render(self, document: Document) -> bytes:
        import tomli_w  # noqa: PLC0415 - most runs only read

        try:
            content = tomli_w.dumps(document).encode()
        except UnicodeEncodeError:  # the error contains the whole file, so it is not chained
            content = b""
        if not content and document:
            raise SettingsError(f"Can't write {self.path}: a value is not valid Unicode.", hint="")
        if len(content) > LARGEST_TOML:  # `read` would refuse it
            raise SettingsError(f"Can't write {self.path}: it would be larger than {LARGEST_TOML:,} bytes.", hint="")
        return content


Document = dict[str, Any]

#: Bytes of a file whose comments are kept: the time of the parser that keeps them grows with the square of the size.
LARGEST_BY_HAND: Final = 50_000


def _edited(raw: bytes, before: Document, after: Document) -> bytes | None:
    """Return the text with only the changed values rewritten; None when that does not result in `after`."""
    import tomlkit  # noqa: PLC0415 - most runs only read
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415

    if not before:
        return None
    try:
        text = _with_new_names(raw.decode("utf-8-sig"), before, after)
        document = tomlkit.parse(text)
        _put(document, parse_toml(text.encode()), after)
        content = tomlkit.dumps(document).encode()
        return content if parse_toml(content) == after else None
    except (TOMLKitError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        log.info("comments of a settings file are lost: %s", type(error).__name__)
        return None


def _with_new_names(text: str, before: Document, after: Document) -> str:
    """Rename the tables `[section.old]` in their headers, where another name stands in the place of the old one."""
    import tomlkit  # noqa: PLC0415 - most runs only read

    for section, tables in before.items():
        wanted = after.get(section)
        if not isinstance(tables, dict) or not isinstance(wanted, dict):
            continue
        for old, new in zip(tables, wanted, strict=False):
            if old not in wanted and new not in tables:
                name = re.escape(old)
                opening = rf"^(\[[ \t]*+{re.escape(section)}[ \t]*+\.[ \t]*+)"
                header = rf"""{opening}(?:{name}|"{name}"|'{name}')(?=[ \t]*+[.\]])"""
                escaped = tomlkit.key(new).as_string().replace("\\", r"\\")
                text = re.sub(header, rf"\g<1>{escaped}", text, flags=re.MULTILINE)
    return text


def _put(table: Any, before: Document, after: Document) -> None:
    """Change the values of a table that differ."""
    for key in before.keys() - after.keys():
        del table[key]
    for key, value in after.items():
        known = before.get(key)
        if isinstance(value, dict) and isinstance(known, dict):
            _put(table[key], known, value)
        elif key not in before or value != known or type(value) is not type(known):
            table[key] = value


#: Bytes; real files, even with long lists of excluded categories, have a tenth of it.
LARGEST_TOML: Final = 1_000_000
_DEEPEST: Final = 50
_WHOLE_NUMBERS: Final = range(-(2**63), 2**63)  # the range of TOML integers
#: A key with more parts than the allowed nesting; possessive, so that matching takes linear time.
_LONG_KEY: Final = re.compile(r"""(?<![\w"'-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}""")


class TomlProblem(ValueError):
    """Refused TOML; `str()` says why, `place` says it without quoting the text."""

    def __init__(self, problem: str, location: str | None = None) -> None:
        super().__init__(problem)
        self.location = problem if location is None else location


def parse_toml(raw: bytes) -> Document:
    """Parse TOML. Raises `TomlProblem`, which quotes the text, possibly a secret, only in `str()`."""
    if len(raw) > LARGEST_TOML:
        raise TomlProblem(f"it is larger than {LARGEST_TOML // 1_000_000} MB")
    problem = _parsed(raw)
    if isinstance(problem, TomlProblem):
        raise problem  # raised here, because the decoder's errors contain the text
    _refuse_extremes(problem)
    return problem


def _parsed(raw: bytes) -> Document | TomlProblem:
    text = ""
    try:
        text = raw.decode("utf-8-sig")  # Windows editors add a byte order mark
        return TomlProblem("too many levels") if _LONG_KEY.search(text) else tomllib.loads(text)
    except UnicodeDecodeError as error:
        return TomlProblem(f"byte {error.start + 1} is not UTF-8")
    except tomllib.TOMLDecodeError as error:
        last_line = text.count("\n", 0, len(text.rstrip())) + 1
        problem = str(error).replace("at end of document", f"at the end, line {last_line}")
        return TomlProblem(problem, _location_of(problem))
    except RecursionError:
        return TomlProblem("too many levels")
    except ValueError:  # Python's limit on the digits of integers
        return TomlProblem("a number in it is too long")


def _location_of(message: str) -> str:
    """Return "at line 3, column 9" from tomllib's message, without the quoted text."""
    location = re.search(r"\(at ([^()]*)\)$", message)
    return f"error at {location[1]}" if location else "it can't be parsed"


def _refuse_extremes(document: Document) -> None:
    """Raise for nesting and numbers that could be read, but not copied, compared or written again."""
    level: list[Any] = [document]
    for _ in range(_DEEPEST):
        tables = [one for one in level if isinstance(one, dict)]
        lists = [one for one in level if isinstance(one, list)]
        level = [value for one in tables for value in one.values()] + [value for one in lists for value in one]
        if any(isinstance(value, int) and value not in _WHOLE_NUMBERS for value in level):
            raise TomlProblem("a number in it is too long")
        if not level:
            return
    raise TomlProblem("too many levels")
