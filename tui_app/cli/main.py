"""The root command: import the command that was named, run it, and turn its outcome into an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, cast

import click

from tui_app import __version__
from tui_app.cli.errors import EXIT_CODES, lost_output_ignored, note_in_log, report_failure, wants_json
from tui_app.cli.log_file import install_crash_hooks, start_logging
from tui_app.cli.params import COMPLETION_VARIABLE, log_level_option, profile_option
from tui_app.cli.session import Session
from tui_app.errors import Cancelled, XtreamTuiError
from tui_app.paths import Paths

#: Command name → module below `cli.commands` with a `command`, in the order of `--help`.
_MODULES: Final = {
    "demo": "demo",
    "profile": "profile",
    "sync": "sync",
    "list": "list",
    "search": "search",
    "show": "show",
    "url": "url",
    "play": "play",
    "download": "download",
    "record": "record",
    "mark": "mark",
    "marks": "marks",
    "history": "history",
    "epg": "epg",
    "changes": "changes",
    "export": "export",
    "stats": "stats",
    "cache": "cache",
    "backup": "backup",
    "restore": "restore",
    "doctor": "doctor",
    "where": "where",
    "schema": "schema",
    "panel": "panel",
    "web": "web",
    "mcp": "mcp",
    "handbook": "handbook",
    "completion": "completion",
    "man": "man",
}

_FIRST_STEPS: Final = """Without a command, the app starts. First steps:

\b
  xtream-tui demo                             try the app, no account needed
  xtream-tui profile add home --url LINK      add an account by its link
  xtream-tui sync                             fetch the library
  xtream-tui                                  browse the library

Exit codes:

\b
{codes}
""".format(codes="\n".join(f"  {code:<4} {meaning}" for code, meaning in EXIT_CODES.items()))


#: Earlier names of commands: accepted, but not listed.
_FORMER_NAMES: Final = {"guide": "handbook"}


class LazyGroup(click.Group):
    """A group that imports its commands when they are used, and whose `main` never prints a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _MODULES.get(_FORMER_NAMES.get(cmd_name, cmd_name))
        return cast(click.Command, import_module(f"tui_app.cli.commands.{module}").command) if module else None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with lost_output_ignored():
                answer = super().invoke(ctx)
                sys.stdout.flush()
                return answer
        except KeyboardInterrupt:
            raise Cancelled("Stopped.") from None
        return 0

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run and exit the process with the command's exit code: 0, 1, 2, 3, 4, 5, 6 or 130."""
        if COMPLETION_VARIABLE in os.environ:
            from tui_app.cli.commands.completion import answer_shell

            answer_shell(self)
            sys.exit(0)
        given = args[0] if args else extra.pop("args", None)
        arguments = list(sys.argv[1:] if given is None else given)
        extra |= {"prog_name": "xtream-tui", "standalone_mode": False}
        try:
            code = super().main(arguments, **extra)
        except (click.ClickException, click.Abort, XtreamTuiError, OSError) as error:
            note_in_log(error)
            code = report_failure(error, as_json=wants_json(arguments))
        sys.exit(code if isinstance(code, int) else 0)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_FIRST_STEPS,
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@profile_option
@log_level_option
@click.pass_context
def root_command(ctx: click.Context) -> int | None:
    """Browse an Xtream Codes account from a local, searchable copy.

    Example: xtream-tui search "charlie chaplin"
    """
    session = ctx.ensure_object(Session)
    start_logging(session.paths)
    if ctx.invoked_subcommand is not None:
        return None
    from tui_app.cli.interactive import open_app

    return open_app(session)


def run(arguments: Sequence[str]) -> int:
    """Run one command line in this process and return its exit code.

    An unexpected exception is logged and reported in one line.
    """
    _prepare_streams()
    try:
        install_crash_hooks(Paths.current(), as_json=wants_json(arguments))
        root_command.main(arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except OSError as error:  # the folders can't be created, so there is no log either
        return report_failure(error, as_json=wants_json(arguments))
    finally:
        _drop_unwritten_output()
    return 0


def _drop_unwritten_output() -> None:
    """Discard output that a full disk refused: the interpreter would retry and complain at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _prepare_streams() -> None:
    """Replace closed streams, and replace characters that the terminal can't encode."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - stays open until the process ends
    if sys.stderr is None:
        sys.stderr = sys.stdout
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
