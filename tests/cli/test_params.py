"""Years, ratings and kinds as options of the command line take them."""

from __future__ import annotations

import click
import pytest

from tui_app.catalog import Kind
from tui_app.cli.filters import rating_bound, year_range
from tui_app.cli.params import one_of, several

CONTEXT = click.Context(click.Command("test"))


OPTION = click.Option(["--test"])


@pytest.mark.parametrize(
    ("text", "years"),
    [("1995", (1995, 1995)), ("1990-1999", (1990, 1999)), ("1990-", (1990, None)), ("-1999", (None, 1999)),
     (" 1990 – 1999 ", (1990, 1999)), ("1995-1995", (1995, 1995))],
)  # fmt: skip
def test_years_are_understood(text: str, years: tuple[int | None, int | None]) -> None:
    assert year_range(CONTEXT, OPTION, text) == years


@pytest.mark.parametrize("text", ["", "-", "95", "19951996", "1995 1996", "1999-1990", "1990--1999", "x", "1990-19999"])
def test_other_years_are_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        year_range(CONTEXT, OPTION, text)


@pytest.mark.parametrize(("text", "bound"), [("7", 7.0), ("7.5", 7.5), (" 7,5 ", 7.5), ("0", 0.0), ("10", 10.0)])
def test_ratings_are_understood(text: str, bound: float) -> None:
    assert rating_bound(CONTEXT, OPTION, text) == bound


@pytest.mark.parametrize("text", ["", "11", "10.1", "-1", "nan", "1e1", "x", "7.5.1"])
def test_other_ratings_are_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        rating_bound(CONTEXT, OPTION, text)


def test_kinds_are_understood_in_singular_and_plural() -> None:
    assert several(CONTEXT, OPTION, "series, Channels,movie") == (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES)
    assert one_of((Kind.MOVIE,))(CONTEXT, OPTION, "Movies") is Kind.MOVIE
    with pytest.raises(click.BadParameter):
        one_of((Kind.MOVIE,))(CONTEXT, OPTION, "episode")
