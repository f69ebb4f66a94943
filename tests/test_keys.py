from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from tui_app.keys import KnownKey, is_key, known_keys, merge_keys, normal_key
from tui_app.widgets.keyed import KEYED_WIDGETS
from tui_app.widgets.paged_list import ListRow, PagedList, RowsSource

KNOWN = known_keys(KEYED_WIDGETS)


def test_every_binding_of_a_widget_has_words_tooltip_and_an_id() -> None:
    for cls in KEYED_WIDGETS:
        for binding in cls.__dict__["BINDINGS"]:
            assert binding.id and binding.description and binding.tooltip, binding


def test_the_keys_as_they_are_do_not_clash() -> None:
    defaults = {key.id: ",".join(key.keys) for key in KNOWN}
    assert merge_keys(KNOWN, defaults).problems == ()


def test_good_overrides_are_taken_and_only_they() -> None:
    merged = merge_keys(KNOWN, {"list.top": "t", "list.bottom": "ctrl+end, B"})
    assert merged.keymap == {"list.top": "t", "list.bottom": "ctrl+end,B"}
    assert merged.problems == ()


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        ({"list.fly": "z"}, "keys.list.fly: there is no such action"),
        ({"list.top": "hyperspace"}, "keys.list.top: 'hyperspace' is not a key"),
        ({"list.top": "ctrl+"}, "is not a key"),
        ({"list.top": ""}, "is not a key"),
        ({"list.top": "j"}, "j is already the key of 'Down' (list.down)"),
        ({"list.top": "T", "list.bottom": "T"}, "T is already the key of"),
    ],
)
def test_a_bad_override_is_named_and_dropped(overrides: dict[str, str], reason: str) -> None:
    merged = merge_keys(KNOWN, overrides)
    assert any(reason in problem for problem in merged.problems), merged.problems
    assert len(merged.keymap) == len(overrides) - 1


def test_two_keys_may_change_places() -> None:
    merged = merge_keys(KNOWN, {"list.up": "down", "list.down": "up"})
    assert merged.problems == ()


def test_the_same_key_in_another_place_is_no_clash() -> None:
    known = (KnownKey("a.x", ("x",), "X", ("A",)), KnownKey("b.y", ("y",), "Y", ("B",)))
    assert merge_keys(known, {"b.y": "x"}).problems == ()


def test_a_key_taken_everywhere_is_free_nowhere() -> None:
    known = (KnownKey("app.x", ("f1",), "Help", ("App",), first=True), KnownKey("b.y", ("y",), "Y", ("B",)))
    assert "f1 is already the key of 'Help'" in merge_keys(known, {"b.y": "f1"}).problems[0]


def test_a_key_that_a_subclass_took_is_free_in_its_parent_only() -> None:
    assert next(key for key in KNOWN if key.id == "categories.choose").places == ("CategoryList",)
    assert next(key for key in KNOWN if key.id == "list.open").places == ("PagedList", "SelectableList")


@pytest.mark.parametrize(
    ("key", "name"), [("?", "question_mark"), ("ctrl+/", "ctrl+slash"), ("G", "G"), ("f5", "f5"), ("+", "plus")]
)
def test_keys_have_one_name(key: str, name: str) -> None:
    assert normal_key(key) == name
    assert is_key(name)


async def test_the_merged_keymap_does_what_it_says() -> None:
    class OneList(App[None]):
        def compose(self) -> ComposeResult:
            yield PagedList()

    app = OneList()
    async with app.run_test() as pilot:
        rows = app.query_one(PagedList)
        rows.show(RowsSource([ListRow(str(n), (f"Row {n}",)) for n in range(9)]))
        app.set_keymap(merge_keys(KNOWN, {"list.bottom": "b", "list.up": "ctrl+o"}).keymap)
        await pilot.press("b")
        assert rows.cursor == 8
        await pilot.press("ctrl+o", "G")
        assert rows.cursor == 7
