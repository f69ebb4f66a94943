"""`xtream-tui completion`: the scripts that teach a shell what to offer behind a Tab, and what they ask for.

The work is click's; here its bash and fish scripts are given names that hold blanks, commas and quotes.
"""

from __future__ import annotations

import os
from typing import Any, Final

import click
from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

from tui_app.cli.options import COMPLETION_VARIABLE

_PROGRAM: Final = "xtream-tui"

_BASH_SCRIPT: Final = """\
%(complete_func)s() {
    local IFS=$'\\n' response completion type value current="${COMP_WORDS[COMP_CWORD]}"
    COMPREPLY=()
    response=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD="$COMP_CWORD" %(complete_var)s=bash_complete "$1" \
2>/dev/null)
    while IFS=',' read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                case $current in
                    [\\"\\']*) ;;
                    *) printf -v value '%%q' "$value" ;;
                esac
                COMPREPLY+=("$value")
                ;;
        esac
    done <<< "$response"
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_FISH_SCRIPT: Final = """\
function %(complete_func)s
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) \
COMP_CWORD=(commandline -t) %(prog_name)s 2>/dev/null)
    for completion in $response
        set -l parts (string split --max 1 "," -- $completion)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                echo $parts[2]
        end
    end
end
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class _Bash(BashComplete):
    """Bash inserts a completion as it is: a name with blanks is quoted for it, unless a quote was typed already."""

    source_template = _BASH_SCRIPT

    @staticmethod
    def _check_version() -> None:
        """Whoever asks for the script has a bash; ours needs nothing newer than 4.4."""


class _Fish(FishComplete):
    """Fish quotes by itself, but click's script loses what stands behind a comma."""

    source_template = _FISH_SCRIPT

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
