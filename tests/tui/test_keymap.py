from __future__ import annotations

from typing import Final

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.dom import DOMNode

from tui_app.screens.registry import KEYED_WIDGETS, all_screens
from tui_app.tui.app import TuiApp
from tui_app.tui.keymap import KnownKey, is_key, known_keys, merge_keys, normal_key
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


def test_a_key_that_was_free_before_home_came_keeps_the_meaning_a_settings_file_gave_it() -> None:
    merged = merge_keys(known_keys((TuiApp,)), {"app.redraw": "0"})
    assert (merged.keymap, merged.problems) == ({"app.redraw": "0"}, ())


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
    assert next(key for key in KNOWN if key.id == "categories.choose").owners == ("CategoryList",)
    assert next(key for key in KNOWN if key.id == "list.open").owners[:2] == ("PagedList", "SelectableList")


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


OURS: Final[tuple[type[DOMNode], ...]] = (TuiApp, *all_screens(), *KEYED_WIDGETS)
#: Actions that no key leads to by itself: Escape in the search box, the keys of a list that takes a number, a letter or
#: a command, Enter on a field of the settings.
WITHOUT_KEYS: Final = {
    "leave_search",
    "digit",
    "take_back",
    "end_number",
    "number_or_command",
    "other",
    "stay",
    "connection",
    "order",  # of the sort menu and the palette
}


def _bindings(cls: type[DOMNode]) -> list[Binding]:
    made = Binding.make_bindings(binding for base in cls.__mro__ for binding in base.__dict__.get("BINDINGS", ()))
    return [binding for binding in made if isinstance(binding, Binding)]


def test_every_key_of_the_app_and_its_screens_has_words_tooltip_and_an_id() -> None:
    ours = [binding for cls in OURS for base in cls.__mro__ if base.__module__.startswith("tui_app")
            for binding in base.__dict__.get("BINDINGS", ()) if isinstance(binding, Binding)]  # fmt: skip
    assert len(ours) > 100
    assert [binding for binding in ours if not (binding.id and binding.description and binding.tooltip)] == []


def test_every_action_has_a_key() -> None:
    bound = {binding.action.partition("(")[0].rpartition(".")[2] for cls in OURS for binding in _bindings(cls)}
    actions = {
        name.removeprefix("action_")
        for cls in OURS
        for base in cls.__mro__
        if base.__module__.startswith("tui_app")
        for name in vars(base)
        if name.startswith("action_")
    }
    assert len(actions) > 60
    assert actions - bound - WITHOUT_KEYS == set()
