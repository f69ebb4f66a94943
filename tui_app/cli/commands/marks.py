"""`xtream-tui marks`: exchange marks, folders, positions and history between machines through a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tui_app.cli import documents
from tui_app.cli.output import counted, echo, print_json
from tui_app.cli.params import json_option, profile_option
from tui_app.cli.session import Session, marks_file
from tui_app.errors import Busy, NotFound, UsageError

if TYPE_CHECKING:
    from tui_app.catalog.shared_marks import SharedMarks

_STANDARD: Final = Path("-")
_LARGEST: Final = 100_000_000  # bytes; 50,000 marks take about 6 MB
PATIENCE_S: Final = 30.0
_FILE: Final = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE")


@click.group("marks", no_args_is_help=False)
@profile_option
def command() -> None:
    """Exchange favourites, folders, other marks and the history with another machine.

    Profiles are matched by name. Of each mark the newest state counts, on whichever
    machine it was set or removed. The file holds no passwords and no addresses.

    \b
    Example:
      xtream-tui marks merge marks.json
    """


@command.command("export")
@_FILE
@profile_option
@click.pass_obj
def export_marks(session: Session, file: Path) -> None:
    """Write the marks of all profiles, or of --profile, into a JSON file; `-` for standard output.

    Example: xtream-tui marks export marks.json
    """
    content = _encoded(_ours(session))
    if file == _STANDARD:
        click.echo(content, nl=False)
        return
    _write(file, content)
    echo(f"Saved the marks: {file}")


@command.command("import")
@_FILE
@json_option
@profile_option
@click.pass_obj
def import_marks(session: Session, file: Path, as_json: bool) -> None:
    """Take over what is newer in a file of `marks export`; `-` for standard input.

    Example: xtream-tui marks export - | xtream-tui marks import -
    """
    _report(_receive(session, _read(file), file), as_json=as_json)


@command.command("merge")
@_FILE
@json_option
@profile_option
@click.pass_obj
def merge_marks(session: Session, file: Path, as_json: bool) -> None:
    """Take over what is newer in a file, and write what is newer here into it.

    The file may be in a folder that several machines share; it is created if missing.

    Example: xtream-tui marks merge marks.json
    """
    if file == _STANDARD:
        raise UsageError("`marks merge` needs a file.", hint="Use marks export and marks import with “-”.")
    from tui_app.catalog.shared_marks import of_profiles

    with _locked(file):
        theirs = _read(file) if file.exists() else of_profiles({})
        report = _receive(session, theirs, file)
        content = _encoded(theirs.merged(_ours(session)))
        if not file.exists() or content != file.read_bytes():
            _write(file, content)
    _report(report, as_json=as_json)


def _ours(session: Session) -> SharedMarks:
    from tui_app.catalog.shared_marks import of_profiles

    found = {}
    for name in _profiles(session):
        with marks_file(session.paths, name) as user:
            found[name] = user.shared_marks(name)
    return of_profiles(found)


def _profiles(session: Session) -> tuple[str, ...]:
    """Return the names of all profiles, or the one of --profile."""
    if session.wanted:
        return (session.profile().name,)
    return tuple(profile.name for profile in session.profiles().list())


def _receive(session: Session, theirs: SharedMarks, file: Path) -> documents.viewing.MarksReport:
    """Take over what is newer for each profile that is here, and count what the file lacks."""
    from tui_app.catalog.shared_marks import ProfileMarks

    merged = []
    for name in _profiles(session):
        known = theirs.profiles.get(name, ProfileMarks())
        with marks_file(session.paths, name) as user:
            received = user.merge_shared(name, known)
            ours = user.shared_marks(name)
        missing = sum(len(set(getattr(ours, of)) - set(getattr(known, of))) for of in ours.__struct_fields__)
        merged.append(documents.viewing.MergedProfile(profile=name, received=received, newer_here=missing))
    here = {profile.name for profile in session.profiles().list()}
    return documents.viewing.MarksReport(
        file=str(file), profiles=tuple(merged), unknown=len(theirs.profiles.keys() - here)
    )


def _report(report: documents.viewing.MarksReport, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    for one in report.profiles:
        echo(f"{one.profile}: {counted(one.received, 'change')} from the file, {one.newer_here:,} newer here")
    if report.unknown:
        echo(f"{counted(report.unknown, 'profile')} of the file not here: marks go to the profile of the same name.")


# ---------------------------------------------------------------------------------------------------------- the file
def _encoded(marks: SharedMarks) -> bytes:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(marks), indent=1) + b"\n"


def _read(file: Path) -> SharedMarks:
    """Return the content of a file, its texts cleaned. Raises `NotFound`, `UsageError`."""
    import msgspec

    from tui_app.catalog.shared_marks import SharedMarks, of_profiles
    from tui_app.text import clean_line

    problem = ""
    try:
        marks = msgspec.json.decode(_content(file), type=SharedMarks)
        return of_profiles({name: found.cleaned(clean_line) for name, found in marks.profiles.items()})
    except FileNotFoundError:
        raise NotFound(f"There is no file {file}.", hint="Write one: xtream-tui marks export FILE") from None
    except OSError as error:
        problem = error.strerror or "it can't be read"
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        problem = str(error).rstrip(".")
    name = "Standard input" if file == _STANDARD else file
    raise UsageError(f"{name} is not a file of marks: {problem}.", hint="Nothing was changed.")


def _content(file: Path) -> bytes:
    from tui_app.file_access import read_regular

    if file != _STANDARD:
        return read_regular(file, _LARGEST)
    content = sys.stdin.buffer.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise OSError(0, f"it is larger than {_LARGEST // 1_000_000} MB")
    return content


def _write(file: Path, content: bytes) -> None:
    from tui_app.export.target import whole_file

    with whole_file(file, private=False) as stream:
        stream.write(content)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Let one process at a time merge with a file. Raises `NotFound` for a missing folder, `Busy`."""
    from tui_app.locks import take

    if not file.absolute().parent.is_dir():
        raise NotFound(f"There is no folder {file.parent}.", hint="Create it first, or choose another folder.")
    descriptor = take(file.with_name(f".{file.name}.lock"), PATIENCE_S)
    if descriptor is None:
        raise Busy(f"Another process merges with {file}.", hint="Try again in a moment.")
    try:
        yield
    finally:
        os.close(descriptor)
