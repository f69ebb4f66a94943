"""`xtream-tui search`: search the library, for one query or for each line of standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from tui_app.catalog import LISTED_KINDS, Hit, Kind, Mark, SearchAnswer
from tui_app.cli import documents
from tui_app.cli.completers import kind_words
from tui_app.cli.errors import warn
from tui_app.cli.output import Column, counted, echo, plain_option, print_json, print_table
from tui_app.cli.params import json_option, metavar, one_of, profile_option
from tui_app.cli.session import Session, hidden_categories, hint_when_empty, marked, reading, require_library, watched

if TYPE_CHECKING:
    from tui_app.library.all_profiles import JointAnswer
    from tui_app.library.finding import Scope
    from tui_app.store.library_store import LibraryStore

_FROM_STDIN = "-"
_DEFAULT_LIMIT = 100
_COLUMNS = (Column("kind"), Column("id", right=True), Column("name", flexible=True), Column("year"),
            Column("rating", right=True), Column("category", flexible=True))  # fmt: skip


@click.command("search")
@click.argument("query")
@click.option(
    "--kind",
    callback=one_of(tuple(Kind)),
    shell_complete=kind_words(tuple(Kind)),
    metavar=metavar(tuple(Kind)),
    help="Only items of this kind.",
)
@click.option("--all-profiles", is_flag=True, help="Search every profile; a title of several is one result.")
@click.option("--include-hidden", is_flag=True, help="Include items that are only in hidden categories.")
@click.option(
    "--limit", type=click.IntRange(min=0), default=_DEFAULT_LIMIT, metavar="N", help="Maximum number of results (100)."
)
@plain_option
@json_option
@profile_option
@click.pass_obj
def command(
    session: Session, query: str, kind: Kind | None, all_profiles: bool, include_hidden: bool, limit: int, as_json: bool
) -> None:
    """Search names, people, genres and plots.

    Accents, case, word order and small typing errors do not matter. Filters can stand among the words;
    without words, all that they match is listed. The handbook has a table of the keys:
    xtream-tui handbook finding.

    With `-`, each line of standard input is a query and is answered at once.

    \b
    Examples:
      xtream-tui search "charly chaplin"
      xtream-tui search metropolis --kind movie --json
      xtream-tui search metropolis --all-profiles
      xtream-tui search "lang kind:movie year:1920..1929 -genre:comedy"
    """
    if all_profiles:
        _search_all(session, query, kind, limit, include_hidden=include_hidden, as_json=as_json)
        return
    profile = session.profile().name
    with reading(session.paths, profile) as store:
        hint_when_empty(store)
        scope = _scope(session, profile, store, kind, include_hidden=include_hidden)
        if store is not None and query == _FROM_STDIN:
            store.prepare_search()  # pays off over many queries
        for text in _queries(query):
            answer = _ask(store, text, scope, limit)
            _warn_of(answer.problems)
            if as_json:
                print_json(_document(answer))
            else:
                _print_hits(answer, names_query=query == _FROM_STDIN)


def _queries(query: str) -> Iterator[str]:
    """Yield the query, or each line of standard input."""
    if query != _FROM_STDIN:
        yield query
        return
    while line := sys.stdin.readline():  # not `for line in stdin`: that reads ahead and answers late
        yield line.rstrip("\r\n")


def _hidden(session: Session, profile: str) -> dict[Kind, frozenset[str]]:
    return {kind: hidden_categories(session.paths, profile, kind) for kind in LISTED_KINDS}


def _scope(
    session: Session, profile: str, store: LibraryStore | None, kind: Kind | None, *, include_hidden: bool
) -> Scope:
    from tui_app.library.finding import KindMarks, Scope

    def marks(kind: Kind) -> KindMarks:
        if store is None:
            return KindMarks()
        favourites = marked(session.paths, profile, kind, Mark.FAVOURITE)
        return KindMarks(favourites, watched(session.paths, profile, store, kind))

    return Scope((kind,) if kind else None, {} if include_hidden else _hidden(session, profile), marks)


def _ask(store: LibraryStore | None, text: str, scope: Scope, limit: int) -> SearchAnswer:
    from tui_app.library.finding import find

    if store is None or not text.strip():
        return SearchAnswer(text, 0, (), 0.0)
    return find(store, text, scope, limit)


def _warn_of(problems: Iterable[str]) -> None:
    """Say on stderr what was not understood of a query, in one line."""
    if said := " ".join(problems):
        warn(said)


def _document(answer: SearchAnswer) -> documents.library.SearchResults:
    return documents.library.SearchResults(
        query=answer.query,
        elapsed_ms=round(answer.elapsed_ms, 2),
        total=answer.total,
        capped=answer.capped,
        results=tuple(_result(hit) for hit in answer.hits),
    )


def _result(hit: Hit) -> documents.library.SearchResult:
    item = hit.item
    result = documents.library.SearchResult(
        kind=item.kind,
        id=item.id,
        name=item.name,
        category=item.category,
        year=item.year,
        rating=item.rating,
        language=item.language,
        quality=item.quality,
        score=round(hit.score, 2),
    )
    if item.kind is Kind.EPISODE:
        from msgspec.structs import replace

        return replace(result, series_id=item.series_id, series=item.series_name)
    return result


# ------------------------------------------------------------------------------------------------- all profiles
def _search_all(
    session: Session, query: str, kind: Kind | None, limit: int, *, include_hidden: bool, as_json: bool
) -> None:
    from tui_app.library.all_profiles import JointAnswer, SearchedLibrary, search_all

    with ExitStack() as stack:
        libraries = []
        for profile in _with_library(session):
            store = stack.enter_context(require_library(session.paths, profile))
            scope = _scope(session, profile, store, kind, include_hidden=include_hidden)
            libraries.append(SearchedLibrary(profile, store, scope))
        if not libraries:
            hint_when_empty(None)
        for text in _queries(query):
            answer = JointAnswer(text, 0, (), 0.0)
            if text.strip():
                answer = search_all(libraries, text, limit=limit)
            _warn_of(answer.problems)
            if as_json:
                print_json(_joint_document(answer))
            else:
                _print_titles(answer, names_query=query == _FROM_STDIN)


def _with_library(session: Session) -> list[str]:
    """Return the profiles that were synced, the chosen one first."""
    chosen = session.profile().name
    names = [chosen, *(name for name in session.profiles().names() if name != chosen)]
    return [name for name in names if session.paths.library_db(name).exists()]


def _joint_document(answer: JointAnswer) -> documents.library.JointResults:
    from msgspec.structs import asdict

    library = documents.library
    return library.JointResults(
        query=answer.query,
        elapsed_ms=round(answer.elapsed_ms, 2),
        total=answer.total,
        capped=answer.capped,
        results=tuple(
            library.JointResult(
                **asdict(_result(title.hit)),
                profile=title.profile,
                sources=tuple(library.Source(profile=one.profile, id=one.id) for one in title.sources),
            )
            for title in answer.titles
        ),
    )


def _print_titles(answer: JointAnswer, *, names_query: bool) -> None:
    if names_query:
        echo(f"# {answer.query}")
    if answer.titles:
        columns = (*_COLUMNS, Column("profiles", flexible=True))
        print_table(columns, [(*_cells(one.hit), ", ".join(s.profile for s in one.sources)) for one in answer.titles])
    _echo_total(answer.total, capped=answer.capped)


# --------------------------------------------------------------------------------------------------- one profile
def _print_hits(answer: SearchAnswer, *, names_query: bool) -> None:
    if names_query:
        echo(f"# {answer.query}")
    if answer.hits:
        print_table(_COLUMNS, [_cells(hit) for hit in answer.hits])
    _echo_total(answer.total, capped=answer.capped)


def _echo_total(total: int, *, capped: bool) -> None:
    echo(("more than " if capped else "") + counted(total, "result") if total else "Nothing found.")
    sys.stdout.flush()


def _cells(hit: Hit) -> tuple[str, ...]:
    item = hit.item
    name = f"{item.series_name}: {item.name}" if item.series_name else item.name
    rating = f"{item.rating:.1f}" if item.rating is not None else ""
    return item.kind.value, item.id, name, str(item.year or ""), rating, item.category or ""
