"""Rows of every table of the user database."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tui_app.catalog import Kind, Mark
from tui_app.paths import Paths
from tui_app.store.database import columns_of, table_name
from tui_app.store.user.user_store import UserStore
from tui_app.store.user_models import USER_MODELS


def fill_users_file(paths: Paths, profile: str) -> None:
    """A row in every table there is."""
    UserStore(paths.user_db).close()
    with closing(sqlite3.connect(paths.user_db)) as file, file:
        for model in USER_MODELS:
            types = {name: kind for _, name, kind, *_ in file.execute(f"PRAGMA table_info({table_name(model)})")}
            values = [1 if types[name] == "INTEGER" else "x" for name in columns_of(model)]
            values[columns_of(model).index("profile")] = profile
            marks = ", ".join("?" * len(values))
            file.execute(f"INSERT INTO {table_name(model)}({', '.join(columns_of(model))}) VALUES ({marks})", values)
    with UserStore(paths.user_db) as user:
        user.set_mark(profile, Kind.MOVIE, "1", Mark.FAVOURITE, "Nosferatu")


def rows_by_profile(paths: Paths) -> dict[str, dict[str, int]]:
    """Table → profile → rows."""
    with closing(sqlite3.connect(paths.user_db)) as file:
        return {
            table_name(model): dict(
                file.execute(f"SELECT profile, count(*) FROM {table_name(model)} GROUP BY profile").fetchall()
            )
            for model in USER_MODELS
        }
