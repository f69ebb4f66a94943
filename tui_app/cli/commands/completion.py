"""`xtream-tui completion`: print the completion script of a shell, and answer its requests.

click does the work; here its bash and fish scripts are replaced by ones that accept any name a panel may send. Bash
inserts a completion as it is and runs it when Enter is pressed. Names come from panels, so every character with a
meaning to the shell is escaped, in the way that the open quote at the cursor requires.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any, Final

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    split_arg_string,
)

from tui_app.cli.params import COMPLETION_VARIABLE

_DOUBLE, _SINGLE, _ANSI = '"', "'", "$'"
#: Characters after which another command begins.
_SEPARATORS: Final = frozenset(";|&()\n")
_BREAKS: Final = " \t\n\"'@><=;|&(:"  # bash's default of COMP_WORDBREAKS
_ESCAPED_IN_DOUBLE: Final = '\\"$`'
_PLAIN: Final = re.compile(r"[\w./,+%-]")


@dataclass(slots=True)
class CommandLine:
    """The words of a command line before the cursor, and the word at the cursor.

    `current` is that word without its quotes; the line editor replaces only what follows its first `kept` characters.
    `quote` is the quote that is open at the cursor.
    """

    words: list[str] = field(default_factory=list)
    current: str = ""
    kept: int = 0
    quote: str = ""

    @classmethod
    def parse(cls, line: str, breaks: str = _BREAKS) -> CommandLine:
        """Parse a command line up to the cursor."""
        parser = _LineParser(line, frozenset(breaks))
        parser.run()
        return parser.line

    def inserted(self, value: str) -> str:
        """Return the text to insert so that the shell reads `value`."""
        head = self.current[: self.kept]
        if value[: len(head)].casefold() != head.casefold():  # `--category=Kids`: click returns the value alone
            head = head.partition("=")[2]
        return quoted(value[len(head) :], self.quote)


def quoted(text: str, quote: str = "") -> str:
    """Escape `text` for the inside of an open quote, or for use without quotes."""
    if quote == _SINGLE:
        escaped = text.replace("'", "'\\''")
    elif quote == _ANSI:
        escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    elif quote == _DOUBLE:
        escaped = "".join(f"\\{char}" if char in _ESCAPED_IN_DOUBLE else char for char in text)
        escaped = escaped.replace("!", "\"'!'\"")  # a backslash before it would be kept
    else:
        return "".join(char if _PLAIN.match(char) else f"\\{char}" for char in text)
    # the line editor adds the closing quote unless the inserted text ends with one
    closing = quote[-1]
    return f"{escaped}{closing}" if escaped.endswith(closing) and quote != _ANSI else escaped


class _LineParser:
    """One pass over a line."""

    def __init__(self, line: str, breaks: frozenset[str]) -> None:
        self.line = CommandLine()
        self._text, self._breaks = line, breaks
        self._at = 0
        self._has_word = False

    def run(self) -> None:
        while self._at < len(self._text):
            char = self._text[self._at]
            self._at += 1
            if self.line.quote:
                self._in_quote(char)
            else:
                self._outside(char)

    def _outside(self, char: str) -> None:
        if char == "\\":
            self._take(self._next())
        elif char in ("'", '"'):
            dollar = self.line.current.endswith("$") and self._text[self._at - 2 : self._at - 1] == "$"
            if dollar:
                self.line.current = self.line.current[:-1]
            self.line.quote = _ANSI if dollar and char == "'" else char
            self._has_word = True
            self._break()
        elif char in _SEPARATORS:
            self.line, self._has_word = CommandLine(), False
        elif char in " \t<>":
            self._end_word()
        else:
            self._take(char)
            if char in self._breaks:
                self._break()

    def _in_quote(self, char: str) -> None:
        if char == self.line.quote[-1]:
            self.line.quote = ""
            self._break()
        elif char == "\\" and self.line.quote != _SINGLE:
            following = self._next()
            keeps = self.line.quote == _DOUBLE and following not in _ESCAPED_IN_DOUBLE
            self._take(f"\\{following}" if keeps else following)
        else:
            self._take(char)

    def _next(self) -> str:
        """Return the character after a backslash; "" at the end of the line."""
        following = self._text[self._at : self._at + 1]
        self._at += len(following)
        return following

    def _take(self, text: str) -> None:
        self.line.current += text
        self._has_word = True

    def _break(self) -> None:
        self.line.kept = len(self.line.current)

    def _end_word(self) -> None:
        if self._has_word:
            self.line.words.append(self.line.current)
        self.line.current, self.line.kept, self._has_word = "", 0, False


_PROGRAM: Final = "xtream-tui"

_BASH_SCRIPT: Final = """\
%(complete_func)s() {
    local IFS=$'\\n' response type value
    COMPREPLY=()
    response=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD="$COMP_CWORD" COMP_LINE="${COMP_LINE:0:COMP_POINT}" \
COMP_WORDBREAKS="$COMP_WORDBREAKS" %(complete_var)s=bash_complete "$1" 2>/dev/null)
    while IFS=',' read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done <<< "$response"
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_FISH_SCRIPT: Final = """\
function %(complete_func)s
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp | string collect) \
COMP_CWORD=(commandline -ct | string collect) %(prog_name)s 2>/dev/null)
    for completion in $response
        set -l parts (string split --max 1 "," -- $completion)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                printf '%%s\\n' $parts[2]
        end
    end
end
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class _Bash(BashComplete):
    """Completion for bash, which inserts text as it is: escape it for the open quote at the cursor."""

    source_template = _BASH_SCRIPT

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        line = os.environ.get("COMP_LINE")  # unset: no escaping needed
        self._line = None if line is None else CommandLine.parse(line, os.environ.get("COMP_WORDBREAKS") or " \t\n")

    @staticmethod
    def _check_version() -> None:
        """Skip click's check, which starts bash: our script needs nothing newer than 4.4."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Parse the line again: bash also splits words at colons."""
        return super().get_completion_args() if self._line is None else (self._line.words[1:], self._line.current)

    def format_completion(self, item: CompletionItem[Any]) -> str:
        value = str(item.value)
        return f"{item.type},{value if self._line is None else self._line.inserted(value)}"


class _Fish(FishComplete):
    """Completion for fish, which quotes by itself; click's script drops what follows a comma."""

    source_template = _FISH_SCRIPT

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words and the one at the cursor, the last word unless it is empty or an open quote."""
        words = split_arg_string(os.environ["COMP_WORDS"])
        begun = words.pop() if os.environ["COMP_CWORD"] and len(words) > 1 else ""
        return words[1:], begun

    def format_completion(self, item: CompletionItem[Any]) -> str:
        return f"{item.type},{item.value}" + (f"\t{_one_line(item.help)}" if item.help else "")


_SHELLS: Final[dict[str, type[ShellComplete]]] = {"bash": _Bash, "zsh": ZshComplete, "fish": _Fish}


@click.command("completion")
@click.argument("shell", type=click.Choice(tuple(_SHELLS)), metavar="|".join(_SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that completes xtream-tui commands in a shell.

    It completes commands, options, and the names of profiles, categories and genres, without contacting the provider.

    \b
    Examples:
      eval "$(xtream-tui completion bash)"
      xtream-tui completion zsh > ~/.zfunc/_xtream-tui
      xtream-tui completion fish > ~/.config/fish/completions/xtream-tui.fish
    """
    click.echo(_SHELLS[shell](ctx.find_root().command, {}, _PROGRAM, COMPLETION_VARIABLE).source(), nl=False)


def answer_shell(root: click.Command) -> None:
    """Print the completions that a shell requested in the environment; nothing for an unknown shell."""
    shell, _, _asked = os.environ[COMPLETION_VARIABLE].partition("_")
    if (known := _SHELLS.get(shell)) is not None:
        click.echo(known(root, {}, _PROGRAM, COMPLETION_VARIABLE).complete())


def _one_line(text: str) -> str:
    return " ".join(text.split())
