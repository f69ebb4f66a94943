"""Describe every command, its options and its examples, as read from the click commands.

The man page, the command chapter of the handbook and their tests are generated from this; nothing is listed by hand.
Hidden commands and options are left out: they are used between our own processes only.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Final

import click

_EXAMPLES: Final = re.compile(r"^Examples?:[ \t]*(.*)\Z", re.MULTILINE | re.DOTALL)
_NO_WRAP: Final = "\b"  # click's mark before a paragraph that must not be wrapped


@dataclass(frozen=True, slots=True)
class OptionWords:
    """One option: its names as typed, its value's name ("" for a flag), its help."""

    names: tuple[str, ...]
    metavar: str
    words: str
    required: bool = False

    @property
    def spelt(self) -> str:
        """Return `--limit N` or `--yes, -y`."""
        return f"{', '.join(self.names)} {self.metavar}".rstrip()

    @property
    def bracketed(self) -> str:
        """Return `[--limit N]`; without brackets for a required option."""
        spelt = f"{self.names[0]} {self.metavar}".rstrip()
        return spelt if self.required else f"[{spelt}]"


@dataclass(frozen=True, slots=True)
class CommandWords:
    """The help of one command. `name` is "cache clear"; "" is the program without a command."""

    name: str
    arguments: tuple[str, ...]
    options: tuple[OptionWords, ...]
    paragraphs: tuple[str, ...]
    examples: tuple[str, ...]
    is_group: bool

    @property
    def summary(self) -> str:
        """Return the first sentence, without its full stop."""
        return self.paragraphs[0].partition(". ")[0].rstrip(".") if self.paragraphs else ""

    @property
    def command_line(self) -> str:
        """Return `xtream-tui cache clear`."""
        return f"xtream-tui {self.name}".rstrip()

    def synopsis(self, *, without: Container[str] = ()) -> str:
        """Return the command line with its arguments and its options, except those in `without`."""
        options = [option.bracketed for option in self.options if option.names[0] not in without]
        return " ".join((self.command_line, *self.arguments, *options))


def commands_of(root: click.Command) -> Iterator[CommandWords]:
    """Yield the program itself, then its commands in the order of `--help`, each group before its commands."""
    yield from _walk(root, click.Context(root, info_name="xtream-tui"), ())


def _walk(command: click.Command, ctx: click.Context, name: tuple[str, ...]) -> Iterator[CommandWords]:
    yield _words(command, ctx, name)
    if isinstance(command, click.Group):
        for sub_name in command.list_commands(ctx):
            sub = command.get_command(ctx, sub_name)
            if sub is not None and not sub.hidden:
                yield from _walk(sub, click.Context(sub, parent=ctx, info_name=sub_name), (*name, sub_name))


def _words(command: click.Command, ctx: click.Context, name: tuple[str, ...]) -> CommandWords:
    text, examples = _split_examples(inspect.cleandoc(command.help or ""))
    arguments = tuple(
        parameter.make_metavar(ctx) for parameter in command.params if isinstance(parameter, click.Argument)
    )
    options = tuple(
        _option(parameter, ctx)
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.hidden
    )
    return CommandWords(
        " ".join(name), arguments, options, _paragraphs(text), examples, isinstance(command, click.Group)
    )


def _option(option: click.Option, ctx: click.Context) -> OptionWords:
    metavar = "" if option.is_flag or option.count else option.make_metavar(ctx).strip("[]")
    return OptionWords((*option.opts, *option.secondary_opts), metavar, option.help or "", option.required)


def _split_examples(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text before "Example:" or "Examples:", and the command lines after it."""
    found = _EXAMPLES.search(text)
    if found is None:
        return text, ()
    lines = (line.strip() for line in found[1].splitlines())
    return text[: found.start()].rstrip(f"\n {_NO_WRAP}"), tuple(line for line in lines if line)


def _paragraphs(text: str) -> tuple[str, ...]:
    parts = (" ".join(part.replace(_NO_WRAP, "").split()) for part in re.split(r"\n[ \t]*\n", text))
    return tuple(part for part in parts if part)
