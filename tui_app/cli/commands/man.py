"""`xtream-tui man`: print the manual page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import click

from tui_app import __released__, __version__
from tui_app.cli.errors import EXIT_CODES
from tui_app.cli.reference import CommandWords, OptionWords


@click.command("man")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Print the manual page in the format of man.

    \b
    Examples:
      xtream-tui man | man -l -
      xtream-tui man > ~/.local/share/man/man1/xtream-tui.1
    """
    from tui_app.cli.reference import commands_of

    click.echo(man_page(tuple(commands_of(ctx.find_root().command)), __version__), nl=False)


_ENVIRONMENT: Final = {
    "XTREAM_TUI_LOG_LEVEL": "Level of the log file: error, warning, info (the default) or debug. Same as --log-level.",
    "XTREAM_TUI_HOME": "A folder for all files of the program: settings, libraries, logs. The default is the "
    "platform's folders; `xtream-tui where` prints them.",
    "XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_CACHE_HOME, XDG_STATE_HOME": "The locations of these folders on Linux.",
    "NO_COLOR": "Disables colours when set to any value.",
}
_FILES: Final = {
    "settings.toml": "Settings of the app: theme, keys, limits.",
    "profiles.toml": "The accounts and their sync settings; contains no password.",
    "secrets.toml": "Passwords that are neither in a keyring nor printed by a command. Must have mode 0600.",
    "library-PROFILE.db": "The local copy of a provider's library; a sync can download it again.",
    "user.db": "Your own data: favourites, hidden categories, history, saved filters.",
    "xtream-tui.log": "The log, without secrets; at most two files of one megabyte.",
}
_MORE: Final = "For more, read the handbook: xtream-tui handbook."


def man_page(commands: Sequence[CommandWords], version: str, released: str = __released__) -> str:
    """Return the manual page.

    `commands` begins with the program itself, as from `reference.commands_of`; `released` is an ISO date.
    """
    program, *rest = commands
    return "\n".join(_lines(program, rest, version, released)) + "\n"


def _lines(program: CommandWords, commands: Sequence[CommandWords], version: str, released: str) -> Iterator[str]:
    yield f'.TH XTREAM-TUI 1 "{released}" "xtream-tui {_escaped(version)}" "User Commands"'
    yield ".SH NAME"
    yield f"xtream-tui \\- {_escaped(_small(program.summary))}"
    yield ".SH SYNOPSIS"
    yield ".B xtream-tui"
    yield _escaped(" ".join(f"[{option.spelt}]" for option in program.options) + " [COMMAND] ...")
    yield ".SH DESCRIPTION"
    yield from _paragraphs(program.paragraphs)
    yield ".PP"
    yield from _prose("Without a command, the app starts. " + _MORE)
    yield from _examples(program.examples)
    yield ".SH OPTIONS"
    yield from _options(program.options)
    yield ".SH COMMANDS"
    for command in commands:
        yield from _command(command)
    yield ".SH EXIT STATUS"
    yield from _terms((str(code), words.capitalize() + ".") for code, words in EXIT_CODES.items())
    yield ".SH ENVIRONMENT"
    yield from _terms(_ENVIRONMENT.items())
    yield ".SH FILES"
    yield _escaped("xtream-tui where prints the folders.")
    yield from _terms(_FILES.items())


def _command(command: CommandWords) -> Iterator[str]:
    yield f".SS {_quoted(command.name)}"
    yield ".B " + _quoted(command.command_line)
    signature = [*command.arguments, *(["COMMAND"] if command.is_group else []), "[OPTIONS]"]
    yield _escaped(" ".join(signature))
    yield ".PP"
    yield from _paragraphs(command.paragraphs)
    yield from _options(command.options)
    yield from _examples(command.examples)


def _paragraphs(paragraphs: Iterable[str]) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".PP"
        yield from _prose(paragraph)


def _options(options: Iterable[OptionWords]) -> Iterator[str]:
    yield from _terms((option.spelt, option.words) for option in options)


def _terms(terms: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, words in terms:
        yield ".TP"
        yield ".B " + _quoted(term)
        yield from _prose(words)


def _examples(lines: Iterable[str]) -> Iterator[str]:
    shown = [_escaped(line) for line in lines]
    if shown:
        yield from (".PP", ".RS 4", ".nf", *shown, ".fi", ".RE")


def _prose(text: str) -> Iterator[str]:
    """Wrap running text into short lines of roff."""
    for line in textwrap.wrap(text, 76, break_long_words=False, break_on_hyphens=False):
        yield _escaped(line)


def _escaped(text: str) -> str:
    """Escape text so that roff prints it unchanged, with hyphens that can be copied from the page."""
    safe = text.replace("\\", "\\(rs").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    safe = safe.replace("^", "\\(ha").replace("~", "\\(ti").replace("–", "\\(en")
    return "\\&" + safe if safe.startswith(".") else safe


def _quoted(text: str) -> str:
    """Return one argument of a roff macro."""
    return '"' + _escaped(text).replace('"', "\\(dq") + '"'


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
