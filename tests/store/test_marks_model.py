"""Whatever a user does to marks, folders and history, in any order, the file holds what a plain dictionary says.

Two machines with two profiles each: marking, folders, hiding, watching, undoing, ids that the provider renews, profiles
that go, backups, restarts, and the exchange of marks between the machines. Real files and the public interfaces only;
the clock is the machine's own.
"""

from __future__ import annotations

import copy
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final
from unittest import mock

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.support.expected_marks import HIDDEN_KIND, IDS, KINDS, Expected, Key, Times, changed, composed, newest, title
from tui_app.backup import make_plan, opened_backup, restore, write_backup
from tui_app.catalog import NO_FOLDER, ItemRef, Kind, Mark
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.id_remap.moved_ids import follow_library, record_moved_ids
from tui_app.store.library_store import LibraryStore
from tui_app.store.opening import library_files
from tui_app.store.user.undo import Reach, UserAct
from tui_app.store.user.user_store import UserStore

PROFILES: Final = ("home", "away")
EXAMPLES: Final = int(os.environ.get("XTREAM_TUI_MARKS_EXAMPLES", "25"))
FOLDERS: Final = ("Silent", "Later", "Ünder")


class Machine:
    """One home folder with its user's file, opened, and what both profiles are to have."""

    def __init__(self, folder: Path) -> None:
        self.paths = Paths.under(folder).ensure()
        for name in PROFILES:
            profile = Profile(name, "http://panel.test", "me", password_source="file")
            ProfileStore(self.paths).add(profile, "secret-word")
        self.user = UserStore(self.paths.user_db)
        self.expected = {name: Expected() for name in PROFILES}
        self.acts: dict[str, list[tuple[UserAct, Expected]]] = {name: [] for name in PROFILES}
        #: What the backup holds, and the renewals of ids since, by profile; None without a backup.
        self.kept: dict[str, Expected] | None = None
        self.renewed: dict[str, list[tuple[str, dict[str, str]]]] = {name: [] for name in PROFILES}

    def found(self, profile: str) -> dict[str, Any]:
        """What the file says, through the interfaces of the screens."""
        user, places = self.user, self.user.favourites
        folders = places.folders(profile)
        entries = {folder: places.entries(profile, folder=folder) for folder in (NO_FOLDER, *folders)}
        return {
            "marks": {
                (kind.value, item.id, mark.value): (item.at, item.name)
                for kind in KINDS
                for mark in (Mark.FAVOURITE, Mark.WATCHED)
                for item in user.marked(profile, kind, mark)
            },
            "folders": list(folders),
            "order": {folder: [(one.kind.value, one.id) for one in found] for folder, found in entries.items()},
            "history": {
                (one.ref.kind.value, one.ref.id): (one.at, one.position_s)
                for one in user.watching.history(profile, limit=100)
            },
            "hidden": user.hidden_categories(profile, Kind.MOVIE),
        }

    def check(self, profiles: Iterable[str] = PROFILES) -> None:
        for profile in profiles:
            expected = self.expected[profile]
            wanted = {
                "marks": expected.marks,
                "folders": expected.folders,
                "order": {folder: expected.in_order(folder) for folder in (NO_FOLDER, *expected.folders)},
                "history": expected.history,
                "hidden": expected.hidden,
            }
            assert self.found(profile) == wanted

    def adopt(self, profile: str, edited: Times) -> None:
        """Expect the times and the order that the file has now."""
        found = self.found(profile)
        self.expected[profile] = Expected(
            marks=found["marks"],
            folders=found["folders"],
            places=found["order"],
            history=found["history"],
            hidden=found["hidden"],
            edited=dict(edited),
        )

    def forget_acts(self) -> None:
        self.acts = {name: [] for name in PROFILES}


#: Mostly the same place, so that acts meet each other's traces.
machines = st.sampled_from((0, 0, 0, 0, 1))
profiles = st.sampled_from(("home", "home", "home", "home", "away"))
keys = st.lists(
    st.tuples(st.sampled_from([kind.value for kind in KINDS]), st.sampled_from(IDS)),
    unique=True,
    min_size=1,
    max_size=4,
)
folders = st.sampled_from(FOLDERS)


class Marks(RuleBasedStateMachine):
    """Acts of a user, of the provider and of the program, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.now = 1_700_000_000
        self._clock = mock.patch("time.time", lambda: float(self.now))
        self._clock.start()
        self._touched: set[tuple[int, str]] = set()
        self.machines = [Machine(Path(self._folder.name) / str(number)) for number in range(2)]

    def teardown(self) -> None:
        try:
            for machine in self.machines:
                machine.check()
        finally:
            self._end()

    def _end(self) -> None:
        self._clock.stop()
        for machine in self.machines:
            machine.user.close()
        self._folder.cleanup()

    def act(
        self,
        at: int,
        profile: str,
        reach: Reach,
        real: Callable[[UserStore], object],
        model: Callable[[Expected], object],
    ) -> None:
        """Do the same to the file, recorded, and to what is expected."""
        self.now += 10
        self._touched.add((at, profile))
        machine = self.machines[at]
        expected = machine.expected[profile]
        before = copy.deepcopy(expected)
        _, act = machine.user.record(profile, reach, lambda: real(machine.user))
        machine.acts[profile].append((act, before))
        model(expected)

    # ------------------------------------------------------------------------------------------------ of the user
    @rule(at=machines, profile=profiles, keys=keys)
    def favour(self, at: int, profile: str, keys: list[Key]) -> None:
        self.mark(at, profile, keys, Mark.FAVOURITE, on=True)

    @rule(at=machines, profile=profiles, keys=keys)
    def favour_and_put(self, at: int, profile: str, keys: list[Key]) -> None:
        self.mark(at, profile, keys, Mark.FAVOURITE, on=True)
        self.put(at, profile, keys, FOLDERS[0])

    @rule(at=machines, profile=profiles, keys=keys)
    def drop(self, at: int, profile: str, keys: list[Key]) -> None:
        self.mark(at, profile, keys, Mark.FAVOURITE, on=False)

    @rule(at=machines, profile=profiles, keys=keys, on=st.booleans())
    def mark_watched(self, at: int, profile: str, keys: list[Key], on: bool) -> None:
        self.mark(at, profile, keys, Mark.WATCHED, on=on)

    def mark(self, at: int, profile: str, keys: list[Key], mark: Mark, *, on: bool) -> None:
        for kind in KINDS:
            of_kind = [key for key in keys if key[0] == kind]
            items = [(key[1], title(key)) for key in of_kind]
            self.act(
                at,
                profile,
                Reach(mark, {kind.value: [id_ for id_, _ in items]}),
                lambda user, kind=kind, items=items: user.set_marks(profile, kind, items, mark, on=on),  # type: ignore[misc]
                lambda model, of_kind=of_kind: model.set_marks(of_kind, mark, self.now, on=on),  # type: ignore[misc]
            )

    @rule(at=machines, profile=profiles, keys=keys, folder=st.sampled_from((NO_FOLDER, *FOLDERS)))
    def put_favourites(self, at: int, profile: str, keys: list[Key], folder: str) -> None:
        self.put(at, profile, keys, folder)

    def put(self, at: int, profile: str, keys: list[Key], folder: str) -> None:
        self._place(
            at, profile, lambda user: user.favourites.put(profile, keys, folder), lambda model: model.put(keys, folder)
        )

    @rule(at=machines, profile=profiles, keys=keys, step=st.sampled_from((-1, 1)))
    def shift(self, at: int, profile: str, keys: list[Key], step: int) -> None:
        self._place(
            at,
            profile,
            lambda user: user.favourites.shift(profile, keys, step),
            lambda model: model.shift(set(keys), step),
        )

    @rule(at=machines, profile=profiles, name=folders)
    def remove_folder(self, at: int, profile: str, name: str) -> None:
        self._place(
            at,
            profile,
            lambda user: user.favourites.remove_folder(profile, name),
            lambda model: model.remove_folder(name),
        )

    @rule(at=machines, profile=profiles, name=folders, new=folders)
    def rename_folder(self, at: int, profile: str, name: str, new: str) -> None:
        self._place(
            at,
            profile,
            lambda user: user.favourites.rename_folder(profile, name, new),
            lambda model: model.rename_folder(name, new),
        )

    def _place(
        self, at: int, profile: str, real: Callable[[UserStore], object], model: Callable[[Expected], object]
    ) -> None:
        self.act(at, profile, Reach(places=True), real, model)

    @rule(at=machines, profile=profiles, ids=st.frozensets(st.sampled_from(IDS), max_size=3), hide=st.booleans())
    def hide_categories(self, at: int, profile: str, ids: frozenset[str], hide: bool) -> None:
        def real(user: UserStore) -> None:
            if hide:
                user.hide_categories(profile, Kind.MOVIE, [(id_, "x") for id_ in ids])
            else:
                user.show_categories(profile, Kind.MOVIE, ids)

        def model(expected: Expected) -> None:
            expected.hidden = expected.hidden | ids if hide else expected.hidden - ids
            expected.edited |= {(HIDDEN_KIND, id_, "hidden"): self.now for id_ in ids}

        self.act(at, profile, Reach(Mark.HIDDEN, {HIDDEN_KIND: ids}), real, model)

    @rule(at=machines, profile=profiles, id_=st.sampled_from(IDS), position=st.integers(0, 600))
    def watch(self, at: int, profile: str, id_: str, position: int) -> None:
        def model(expected: Expected) -> None:
            expected.history["movie", id_] = (self.now, position)

        ref = ItemRef(Kind.MOVIE, id_, "x")
        self.act(
            at,
            profile,
            Reach(played=True),
            lambda user: user.watching.note_position(profile, ref, position, 600),
            model,
        )

    @rule(at=machines, profile=profiles, id_=st.sampled_from(IDS))
    def forget(self, at: int, profile: str, id_: str) -> None:
        def model(expected: Expected) -> None:
            if expected.history.pop(("movie", id_), None):
                expected.edited["history", "movie", id_] = self.now

        self.act(at, profile, Reach(played=True), lambda user: user.watching.forget(profile, Kind.MOVIE, id_), model)

    @rule(at=machines, profile=profiles)
    def undo(self, at: int, profile: str) -> None:
        """Take back the last act. What it set or removed is edited now."""
        machine = self.machines[at]
        if not machine.acts[profile]:
            return
        self.now += 10
        self._touched.add((at, profile))
        act, before = machine.acts[profile].pop()
        machine.user.take_back(act)
        after = machine.expected[profile]
        before.edited = after.edited | dict.fromkeys(changed(before, after), self.now)
        machine.expected[profile] = before

    # ------------------------------------------------------------------------------- of the provider and the program
    @rule(at=machines, profile=profiles, kind=st.sampled_from(KINDS), order=st.permutations(IDS))
    def renew_ids(self, at: int, profile: str, kind: Kind, order: list[str]) -> None:
        """A sync found that the panel gave all items of a kind other ids, here those of each other."""
        self.now += 10
        self._touched.add((at, profile))
        machine, mapping = self.machines[at], dict(zip(IDS, order, strict=True))
        library = machine.paths.library_db(profile)
        with LibraryStore.open(library) as store:
            record_moved_ids(
                store.database, kind.value, {old: new for old, new in mapping.items() if old != new}, self.now
            )
        follow_library(machine.user, library, profile)
        machine.expected[profile].renew(kind.value, mapping, self.now)
        machine.renewed[profile].append((kind.value, mapping))
        followed = machine.user.followed(profile, kind.value)
        for number, (act, before) in enumerate(machine.acts[profile]):
            before.renew(kind.value, mapping, self.now)
            machine.acts[profile][number] = (act.moved(kind.value, mapping, followed), before)

    @rule(profile=profiles)
    def exchange(self, profile: str) -> None:
        """Both machines take over what is newer on the other one, and then say the same."""
        self.now += 10
        self._touched |= {(0, profile), (1, profile)}
        told = [machine.user.shared_marks(profile) for machine in self.machines]
        wanted = newest(*(machine.expected[profile] for machine in self.machines))
        times = [machine.expected[profile].edited for machine in self.machines]
        known = {key: max(edited.get(key, -1) for edited in times) for key in times[0].keys() | times[1].keys()}
        for machine, theirs in zip(self.machines, reversed(told), strict=True):
            machine.user.merge_shared(profile, theirs)
            machine.acts[profile] = []
        assert self.machines[0].user.shared_marks(profile) == self.machines[1].user.shared_marks(profile)
        for machine in self.machines:
            known |= self._drop_others(machine, profile, wanted)
            machine.user.favourites.arrange(profile, ())  # gives each favourite a place
            machine.adopt(profile, known)
        for machine in self.machines:
            assert machine.expected[profile].entries().keys() == wanted

    def _drop_others(self, machine: Machine, profile: str, wanted: set[tuple[str, ...]]) -> Times:
        """Remove here what was removed on the other machine: its place stays as long as only the mark is gone."""
        gone = [(kind, id_) for kind in KINDS for id_ in IDS if (kind.value, id_, Mark.FAVOURITE.value) not in wanted]
        for kind, id_ in gone:
            machine.user.clear_mark(profile, kind, id_, Mark.FAVOURITE)
        return {(kind.value, id_, Mark.FAVOURITE.value): self.now for kind, id_ in gone}

    @rule(at=machines, profile=profiles)
    def remove_profile(self, at: int, profile: str) -> None:
        """Its library goes as well, and with it what is known of its ids."""
        machine = self.machines[at]
        machine.user.remove_profile(profile)
        for file in library_files(machine.paths.library_db(profile)):
            file.unlink()
        machine.expected[profile] = Expected()
        machine.acts[profile], machine.renewed[profile] = [], []
        if machine.kept is not None:  # its ids are those from before: nobody knows what became of them
            machine.kept = None

    @rule(at=machines)
    def restart(self, at: int) -> None:
        machine = self.machines[at]
        self._touched |= {(at, profile) for profile in PROFILES}
        machine.user.close()
        machine.user = UserStore(machine.paths.user_db)

    @rule(at=machines)
    def back_up(self, at: int) -> None:
        machine = self.machines[at]
        with (machine.paths.data / "kept.zip").open("wb") as stream:
            write_backup(machine.paths, stream)
        machine.kept = copy.deepcopy(machine.expected)
        machine.renewed = {name: [] for name in PROFILES}

    @rule(at=machines)
    def restore(self, at: int) -> None:
        """What was restored follows the ids that were renewed since."""
        machine = self.machines[at]
        if machine.kept is None:
            return
        self.now += 10
        self._touched |= {(at, profile) for profile in PROFILES}
        with opened_backup(machine.paths.data / "kept.zip") as backup:
            restore(machine.paths, backup, make_plan(machine.paths, backup, replace=True), {})
        machine.expected = copy.deepcopy(machine.kept)
        machine.forget_acts()
        for profile, expected in machine.expected.items():
            follow_library(machine.user, machine.paths.library_db(profile), profile)
            for kind in KINDS:
                expected.renew(kind.value, composed(machine.renewed[profile], kind.value), self.now)

    @invariant()
    def the_files_hold_what_is_expected(self) -> None:
        for at, profile in self._touched:
            self.machines[at].check([profile])
        self._touched.clear()


TestMarks = Marks.TestCase
TestMarks.settings = settings(max_examples=EXAMPLES, stateful_step_count=40, deadline=None)
