"""Where our files live: the platform's folders, or one folder when `XTREAM_TUI_HOME` is set."""

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
        """All four under one folder, as `XTREAM_TUI_HOME` asks."""
        return cls(home / "config", home / "data", home / "cache", home / "logs")

    @classmethod
    def current(cls) -> Paths:
        """The folders of this process, by `XTREAM_TUI_HOME` or the platform's convention.

        Raises `OSError` when the variable names what can't be a folder.
        """
        home = os.environ.get(HOME_VARIABLE)
        if home:
            return cls.under(_home_from(home))
        from platformdirs import PlatformDirs  # imported late: most starts in tests and the demo set a home

        dirs = PlatformDirs(_APP, appauthor=False)
        return cls(dirs.user_config_path, dirs.user_data_path, dirs.user_cache_path, dirs.user_log_path)

    def ensure(self) -> Paths:
        """Create the folders, readable by the owner alone, and return self."""
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
        """The only file that may hold a secret."""
        return self.config / "secrets.toml"

    @property
    def themes_folder(self) -> Path:
        return self.config / "themes"

    @property
    def user_db(self) -> Path:
        """What the user made: marks, history, saved filters. One file for all profiles."""
        return self.data / "user.db"

    @property
    def log_file(self) -> Path:
        return self.logs / "xtream-tui.log"

    @property
    def slow_queries_file(self) -> Path:
        """The last slow queries with their plans, one JSON line each."""
        return self.logs / "slow-queries.jsonl"

    @property
    def accounts_file(self) -> Path:
        """What the last logins said of the accounts; no secret."""
        return self.data / "accounts.toml"

    def library_db(self, profile: str) -> Path:
        """The copy of one profile's panel."""
        return self.data / f"library-{file_slug(profile)}.db"

    def sync_lock(self, profile: str) -> Path:
        return self.data / f"library-{file_slug(profile)}.lock"


def _home_from(text: str) -> Path:
    try:
        home = Path(text).expanduser().absolute()
        home.is_dir()  # raises for a path that is too long
    except RuntimeError:
        raise OSError(errno.ENOENT, f"{HOME_VARIABLE} names the home of a user who is not there", text) from None
    except FileNotFoundError as error:
        raise OSError(errno.ENOENT, f"{HOME_VARIABLE} is relative, and the current folder is gone", text) from error
    except OSError as error:
        raise OSError(error.errno, f"{HOME_VARIABLE} can't be used: {error.strerror}", text[:100]) from error
    return home


def file_slug(name: str) -> str:
    """A file name part for a profile: readable, safe, and different for different names."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:40]
    if plain == name == name.lower():  # upper case is told apart by the digest: some file systems fold it
        return plain
    return f"{plain or 'profile'}-{blake2b(name.encode(), digest_size=4).hexdigest()}"
