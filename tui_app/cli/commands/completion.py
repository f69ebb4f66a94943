"""`xtream-tui completion`: the scripts that teach a shell what to offer behind a Tab, and what they ask for.

The work is click's; here its bash and fish scripts are made to take any name that a panel may send.
"""

from __future__ import annotations

import os
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

from tui_app.cli.bash_words import CommandLine
from tui_app.cli.params import COMPLETION_VARIABLE

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
    """Bash inserts a completion as it is, so it is quoted here, for the quote in use at the cursor."""

    source_template = _BASH_SCRIPT

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        line = os.environ.get("COMP_LINE")  # not there: nobody asks for quotes
        self._line = None if line is None else CommandLine.parse(line, os.environ.get("COMP_WORDBREAKS") or " \t\n")

    @staticmethod
    def _check_version() -> None:
        """Whoever asks for the script has a bash; ours needs nothing newer than 4.4."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Bash splits words at colons, too; so its line is read anew."""
        return super().get_completion_args() if self._line is None else (self._line.words[1:], self._line.current)

    def format_completion(self, item: CompletionItem[Any]) -> str:
        value = str(item.value)
        return f"{item.type},{value if self._line is None else self._line.inserted(value)}"


class _Fish(FishComplete):
    """Fish quotes by itself, but click's script loses what stands behind a comma."""

    source_template = _FISH_SCRIPT

    def get_completion_args(self) -> tuple[list[str], str]:
        """The token at the cursor is the last of the words, too, unless it is empty; an open quote alone is not."""
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
    """Print the script that completes our commands in a shell.

    It completes commands, options, and the names of your profiles, categories and genres, without asking the provider.

    \b
    Examples:
      eval "$(xtream-tui completion bash)"
      xtream-tui completion zsh > ~/.zfunc/_xtream-tui
      xtream-tui completion fish > ~/.config/fish/completions/xtream-tui.fish
    """
    click.echo(_SHELLS[shell](ctx.find_root().command, {}, _PROGRAM, COMPLETION_VARIABLE).source(), nl=False)


def answer_shell(root: click.Command) -> None:
    """Print what a shell asked for in the environment; nothing for a shell we do not know."""
    shell, _, _asked = os.environ[COMPLETION_VARIABLE].partition("_")
    if (known := _SHELLS.get(shell)) is not None:
        click.echo(known(root, {}, _PROGRAM, COMPLETION_VARIABLE).complete())


def _one_line(text: str) -> str:
    return " ".join(text.split())
