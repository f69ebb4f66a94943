"""`xtream-tui schema`: the JSON Schemas of what `--json` prints, as they are shipped in the package."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import click

from tui_app.cli.completers import beginning_with
from tui_app.cli.output import Column, print_json, print_table
from tui_app.errors import UsageError


def schema_names() -> list[str]:
    """The names of all documents."""
    return sorted(file.name.removesuffix(".json") for file in _folder().iterdir() if file.name.endswith(".json"))


def load_schema(name: str) -> dict[str, Any]:
    """One schema. `UsageError` for a name that is none."""
    if name not in schema_names():
        raise UsageError(f"There is no document “{name}”.", hint="List them: xtream-tui schema")
    schema: dict[str, Any] = json.loads((_folder() / f"{name}.json").read_text(encoding="utf-8"))
    return schema


def _folder() -> Traversable:
    return files("tui_app") / "schemas"


def _names(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    return beginning_with(begun, schema_names())


@click.command("schema")
@click.argument("name", required=False, shell_complete=_names)
@click.option("--all", "everything", is_flag=True, help="All of them in one document, by name.")
def command(name: str | None, everything: bool) -> None:
    """Print the JSON Schema of what a command prints with --json; without a name, which there are.

    A document keeps its fields and their meaning within a major version; new ones may be added. A command that fails
    prints the document named error, whatever it prints otherwise.

    \b
    Examples:
      xtream-tui schema
      xtream-tui schema search > search.schema.json
    """
    if name is not None and everything:
        raise UsageError("Give a name or --all, not both.")
    if everything:
        print_json({each: load_schema(each) for each in schema_names()})
    elif name is None:
        print_table(
            (Column("name"), Column("printed by", flexible=True)),
            [(each, str(load_schema(each)["title"])) for each in schema_names()],
        )
    else:
        click.echo(json.dumps(load_schema(name), indent=2))
