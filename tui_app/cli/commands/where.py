"""`xtream-tui where`: print the folders and files in use."""

from __future__ import annotations

import click

from tui_app.cli import documents
from tui_app.cli.output import Column, print_json, print_table
from tui_app.cli.params import json_option
from tui_app.cli.session import Session


@click.command("where")
@json_option
@click.pass_obj
def command(session: Session, as_json: bool) -> None:
    """Print the folders and files in use.

    Set XTREAM_TUI_HOME to keep everything under one folder.

    Example: xtream-tui where
    """
    paths = session.paths
    locations = {
        "config": paths.config,
        "data": paths.data,
        "cache": paths.cache,
        "logs": paths.logs,
        "settings": paths.settings_file,
        "profiles": paths.profiles_file,
        "secrets": paths.secrets_file,
        "themes": paths.themes_folder,
        "user_db": paths.user_db,
        "log": paths.log_file,
    }
    libraries = sorted(paths.data.glob("library-*.db"))
    if as_json:
        named = {name: str(path) for name, path in locations.items()}
        print_json(documents.files.Where(**named, libraries=tuple(str(library) for library in libraries)))
        return
    rows = [(name, str(path), "" if path.exists() else "does not exist yet") for name, path in locations.items()]
    rows += [("library", str(library), "") for library in libraries]
    print_table((Column("what"), Column("path"), Column("note")), rows)
