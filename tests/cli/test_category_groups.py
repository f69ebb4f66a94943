"""Categories are grouped by the prefix that their names share, and by nothing that only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.invoke import Cli
from tests.cli.test_schemas import fits
from tests.support.cpu_time import least_time
from tests.support.examples import examples
from tui_app.catalog import Category, Kind
from tui_app.catalog.category_groups import group_categories, split_prefix

LANGUAGES = "EN DE FR IT ES PT NL PL TR AR RO GR RU HU CZ SE NO DK FI BG RS HR AL MK SI UA IL IR IN PK BD TH VN ID MY"


def categories(*names: str) -> list[Category]:
    return [Category(Kind.MOVIE, str(number), name, count=10) for number, name in enumerate(names)]


def grouped(*names: str) -> dict[str, list[str]]:
    return {group.prefix: list(group.names) for group in group_categories(categories(*names))}


@pytest.mark.parametrize(
    ("name", "prefix", "rest"),
    [
        ("EN | ACTION", "EN", "ACTION"),
        ("EN|ACTION", "EN", "ACTION"),
        ("|FR| FILMS", "FR", "FILMS"),
        ("┃NL┃ FILMS", "NL", "FILMS"),
        ("[IT] CINEMA", "IT", "CINEMA"),
        ("(EN) Kids", "EN", "Kids"),
        ("DE - KINO", "DE", "KINO"),
        ("UK: SPORTS", "UK", "SPORTS"),
        ("FR ★ FILMS", "FR", "FILMS"),
        ("|EN| - 4K | ACTION", "EN", "4K | ACTION"),
        ("AMAZON PRIME - DRAMA", "AMAZON PRIME", "DRAMA"),
        ("AR | أفلام", "AR", "أفلام"),
        ("Sci-Fi", "", "Sci-Fi"),
        ("24/7 Movies", "", "24/7 Movies"),
        ("##### UK #####", "", "##### UK #####"),
        ("EN |", "", "EN |"),
        ("11:30 news", "", "11:30 news"),
        ("One of many words - Drama", "", "One of many words - Drama"),
    ],
)
def test_a_prefix_is_what_stands_before_a_divider(name: str, prefix: str, rest: str) -> None:
    assert split_prefix(name) == (prefix, rest)


def test_spellings_of_one_prefix_are_one_group_in_the_provider_s_order() -> None:
    assert grouped("EN | ACTION", "DE - KINO", "|en| Drama", "Mission: Impossible", "EN: Kids", "DE - Serien") == {
        "EN": ["ACTION", "Drama", "Kids"],
        "DE": ["KINO", "Serien"],
        "": ["Mission: Impossible"],
    }


def test_a_prefix_that_all_share_divides_nothing() -> None:
    assert grouped("VOD | FR | ACTION", "VOD | FR | DRAMA", "VOD | EN | ACTION", "VOD | EN | KIDS") == {
        "FR": ["ACTION", "DRAMA"],
        "EN": ["ACTION", "KIDS"],
    }
    assert grouped("VOD | A", "VOD | B") == {"": ["VOD | A", "VOD | B"]}


def test_a_group_counts_what_is_shown() -> None:
    shown, hidden = categories("EN | A", "EN | B")
    (group,) = group_categories([shown, Category(Kind.MOVIE, "9", "EN | C", 5, hidden=True), hidden])
    assert (group.count, group.is_hidden) == (20, False)


def test_four_hundred_categories_in_many_languages() -> None:
    names = [f"{code} | {genre}" for code in LANGUAGES.split() for genre in ("ACTION", "DRAMA", "KIDS", "SPORT", "4K")]
    found = grouped(*names)
    assert list(found) == LANGUAGES.split() and all(len(members) == 5 for members in found.values())


@examples(200)
@given(st.lists(st.text(st.sampled_from("|[](): -–★abEN\u0301漢 1"), max_size=40), max_size=12))
def test_every_category_is_in_one_group(names: list[str]) -> None:
    given_ones = categories(*names)
    found = group_categories(given_ones)
    assert sorted(c.id for group in found for c in group.categories) == sorted(c.id for c in given_ones)
    assert all(len(group.categories) > 1 for group in found if group.prefix)
    for group in found:
        assert all(name or not c.name.strip() for c, name in zip(group.categories, group.names, strict=True))


@pytest.mark.parametrize("unit", ["|", "[", "(a", " - ", "★", "| ", "a|", " ", "{(["])
def test_a_name_costs_little(unit: str) -> None:
    took, _ = least_time(lambda: split_prefix((unit * 300)[:300]))
    assert took < 0.002


# ------------------------------------------------------------------------------------------------- command line
def test_the_tree_is_listed_and_a_group_hidden_as_a_whole(synced: Cli) -> None:
    tree = fits("list-category-tree", synced.json("list", "categories", "--kind", "movie", "--tree"))["groups"]
    group = next(one for one in tree if one["prefix"])
    assert len(group["items"]) > 1 and group["count"] == sum(one["count"] for one in group["items"])
    assert group["prefix"] in synced("list", "categories", "--tree").out
    synced("mark", "hidden", "movie", "--group", group["prefix"].lower())
    tree = synced.json("list", "categories", "--kind", "movie", "--tree")["groups"]
    assert next(one for one in tree if one["prefix"] == group["prefix"])["hidden"]
    said = synced("mark", "hidden", "movie", "--group", "Nowhere", expect=1).err
    assert group["prefix"] in said
    assert "applies to" in synced("list", "movies", "--tree", expect=2).err
    assert "applies to" in synced("mark", "favourite", "movie", "1", "--group", "X", expect=2).err
