"""`xtream-tui schema`: print the JSON Schemas of the documents that `--json` prints."""

from __future__ import annotations

import json

import click

from tui_app.cli import documents
from tui_app.cli.completers import beginning_with
from tui_app.cli.output import Column, print_table
from tui_app.errors import UsageError


def _names(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    return beginning_with(begun, documents.schemas.DOCUMENTS)


@click.command("schema")
@click.argument("name", required=False, shell_complete=_names)
@click.option("--all", "everything", is_flag=True, help="Print all schemas in one document, by name.")
def command(name: str | None, everything: bool) -> None:
    """Print the JSON Schema of a command's --json output; without a name, list the documents.

    Within a major version, the fields of a document keep their names and meaning; fields may be added. A command that
    fails prints the document "error" instead.

    \b
    Examples:
      xtream-tui schema
      xtream-tui schema search > search.schema.json
    """
    if name is not None and everything:
        raise UsageError("Give a name or --all, not both.")
    known = documents.schemas.DOCUMENTS
    if everything:
        click.echo(json.dumps({each: documents.schemas.schema(each) for each in known}))
    elif name is None:
        rows = [(each, document.printed_by) for each, document in known.items()]
        print_table((Column("name"), Column("printed by", flexible=True)), rows)
    elif name in known:
        click.echo(json.dumps(documents.schemas.schema(name), indent=2))
    else:
        raise UsageError(f"There is no document “{name}”.", hint="List the documents: xtream-tui schema")
