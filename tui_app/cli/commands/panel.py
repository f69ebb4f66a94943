"""`xtream-tui panel`: serve the built-in demo panel on the loopback interface, for tests and demos."""

from __future__ import annotations

import _thread
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import click

from tui_app.cli import documents
from tui_app.cli.output import print_json

if TYPE_CHECKING:
    from tui_app.demo import DemoPanel

_COUNT: Final = click.IntRange(min=0)
_OPTIONS: Final = (
    click.option("--channels", type=_COUNT, metavar="N", help="Number of channels."),
    click.option("--movies", type=_COUNT, metavar="N", help="Number of movies."),
    click.option("--series", type=_COUNT, metavar="N", help="Number of series."),
    click.option("--seed", type=int, metavar="S", help="Seed; the same seed gives the same library."),
)


def size_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that set the size of the demo library; each is None when not given."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def given(**sizes: int | None) -> dict[str, int]:
    """Return the sizes that were given; `tui_app.demo` has the defaults for the others."""
    return {name: value for name, value in sizes.items() if value is not None}


@click.command("panel")
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="P", help="Port; 0 chooses a free one.")
@size_options
@click.option("--generation", type=_COUNT, default=0, metavar="G", help="Serve the library after G rounds of changes.")
@click.option("--until-eof", is_flag=True, hidden=True, help="Stop when standard input ends.")
def command(
    port: int,
    channels: int | None,
    movies: int | None,
    series: int | None,
    seed: int | None,
    generation: int,
    until_eof: bool,
) -> None:
    """Serve a demo provider on this machine until Ctrl-C.

    Prints one JSON line with url, username and password, then serves.

    Example: xtream-tui panel --movies 20000 --port 8080
    """
    from tui_app.demo import run_panel

    if until_eof:
        threading.Thread(target=_stop_at_end_of_input, daemon=True).start()
    sizes = given(channels=channels, movies=movies, series=series, seed=seed)
    with suppress(KeyboardInterrupt):  # Ctrl-C ends it, also during the start
        run_panel(port=port, generation=generation, on_ready=_announce, **sizes)


def _announce(panel: DemoPanel) -> None:
    print_json(documents.files.PanelLine(url=panel.url, username=panel.username, password=panel.password))


def _stop_at_end_of_input() -> None:
    """Stop when the process that started the panel with a pipe is gone, even if it was killed."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    _thread.interrupt_main()
