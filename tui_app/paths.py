"""Locations of all files: the platform's folders, or one folder when `XTREAM_TUI_HOME` is set."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from tui_app.file_access import make_private_folder

HOME_VARIABLE: Final = "XTREAM_TUI_HOME"
_APP: Final = "xtream-tui"


@dataclass(frozen=True, slots=True)
class Paths:
    """The four folders of one installation. Nothing is created until `ensure()`."""

    config: Path
    data: Path
    cache: Path
    logs: Path

    @classmethod
    def under(cls, home: Path) -> Paths:
        """Return paths with all four folders under `home`."""
        return cls(home / "config", home / "data", home / "cache", home / "logs")

    @classmethod
    def current(cls) -> Paths:
        """Return the paths of this process, from `XTREAM_TUI_HOME` or the platform's convention.

        Raises `OSError` when the variable does not name a usable folder.
        """
        home = os.environ.get(HOME_VARIABLE)
        if home:
            return cls.under(_home_from(home))
        from platformdirs import PlatformDirs  # noqa: PLC0415 - start-up: not needed when XTREAM_TUI_HOME is set

        dirs = PlatformDirs(_APP, appauthor=False)
        return cls(dirs.user_config_path, dirs.user_data_path, dirs.user_cache_path, dirs.user_log_path)

    def ensure(self) -> Paths:
        """Create the folders with mode 0700 and return self."""
        for folder in (self.config, self.data, self.cache, self.logs):
            make_private_folder(folder)
        return self

    @property
    def settings_file(self) -> Path:
        return self.config / "settings.toml"

    @property
    def profiles_file(self) -> Path:
        return self.config / "profiles.toml"

    @property
    def secrets_file(self) -> Path:
        """The only file that may contain secrets."""
        return self.config / "secrets.toml"

    @property
    def themes_folder(self) -> Path:
        return self.config / "themes"

    @property
    def pictures_folder(self) -> Path:
        """Posters and logos of all profiles."""
        return self.cache / "pictures"

    @property
    def user_db(self) -> Path:
        """Marks, history and saved filters of all profiles."""
        return self.data / "user.db"

    @property
    def log_file(self) -> Path:
        return self.logs / "xtream-tui.log"

    @property
    def slow_queries_file(self) -> Path:
        """The last slow queries with their query plans, one JSON line each."""
        return self.logs / "slow-queries.jsonl"

    @property
    def accounts_file(self) -> Path:
        """The state of each account at its last login; contains no secrets."""
        return self.data / "accounts.toml"

    def library_db(self, profile: str) -> Path:
        """Return the path of one profile's library."""
        return self.data / f"library-{file_slug(profile)}.db"

    def sync_lock(self, profile: str) -> Path:
        return self.data / f"library-{file_slug(profile)}.lock"

    def stream_lock(self, profile: str) -> Path:
        """Return the lock of a download or recording; it may be deleted with the cache."""
        return self.cache / f"stream-{file_slug(profile)}.lock"


def _home_from(text: str) -> Path:
    try:
        home = Path(text).expanduser().absolute()
        home.is_dir()  # raises OSError if the path is too long
    except RuntimeError:
        raise OSError(errno.ENOENT, f"{HOME_VARIABLE} names the home of a user who is not there", text) from None
    except FileNotFoundError as error:
        raise OSError(errno.ENOENT, f"{HOME_VARIABLE} is relative, and the current folder is gone", text) from error
    except OSError as error:
        raise OSError(error.errno, f"{HOME_VARIABLE} can't be used: {error.strerror}", text[:100]) from error
    return home


def file_slug(name: str) -> str:
    """Return a readable file name part, distinct for each profile name."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:40]
    if plain == name == name.lower():  # upper case gets a digest, because some file systems ignore case
        return plain
    return f"{plain or 'profile'}-{blake2b(name.encode(), digest_size=4).hexdigest()}"
