"""One seed's history of a panel and its user, run against the real engine, and what has to hold after each step."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from tests.simulation.world import Clock, Network, Panel, simulated
from tui_app.catalog import LISTED_KINDS, Kind, Mark
from tui_app.events import SyncFinished, SyncReport
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.id_remap.moved_ids import follow_library
from tui_app.store.user.user_store import UserStore
from tui_app.sync import Cancellation, run_sync
from tui_app.sync.coverage import CONFIRMING_SHARE, PLAUSIBLE_SHARE
from tui_app.sync.id_remap import SURVIVING_NAMES

PROFILES: Final = ("home", "away")
STEPS: Final = 9
#: Seconds between two requests that panels take; as in the protocol, not as in the program.
_PAUSE_S: Final = 0.25
_HOST: Final = "http://panel.test"
_FAULTS: Final = ("cut", "cut unannounced", "short", "short", "empty", "empty", "overloaded", "refused", "silent")
_ACTIONS: Final = ("", "get_live_streams", "get_vod_streams", "get_series", "get_vod_categories")
Stored = dict[Kind, dict[int, str]]


@dataclass(frozen=True)
class Step:
    """A kind of step and the seed of its own choices, so that it does the same when others are left out."""

    name: str
    seed: int


def drawn(seed: int) -> list[Step]:
    """The steps of a seed."""
    rng = random.Random(seed)
    names = [*("sync",) * 4, "full sync", "cancelled sync", "two syncs", "two profiles"]
    names += [
        *("change",) * 3,
        "renumber",
        "halve",
        "grow",
        "fault",
        "fault",
        "fault",
        "mark",
        "mark",
        "unmark",
        "wait",
    ]
    return [Step("sync", rng.getrandbits(32)), *(Step(rng.choice(names), rng.getrandbits(32)) for _ in range(STEPS))]


class Violation(AssertionError):
    """Something that has to hold does not."""


def expect(holds: object, words: str) -> None:
    if not holds:
        raise Violation(words)


class History:
    """Runs steps in a folder of its own."""

    def __init__(self, folder: Path, seed: int) -> None:
        random.seed(seed)
        self.paths = Paths.under(folder).ensure()
        for name in PROFILES:
            profile = Profile(name, _HOST, "me", "file", first_byte_timeout_s=5, read_timeout_s=5)
            ProfileStore(self.paths).add(profile, "secret-word")
        self.clock = Clock()
        self.panel = Panel(
            {kind: {n: f"{kind.value} {n}" for n in range(1, 11)} for kind in LISTED_KINDS},
            dict.fromkeys(LISTED_KINDS, 1_000),
        )
        self.network = Network(self.panel, self.clock, random.Random(seed))
        self.checked = 0
        self.next_item, self.next_id = 100, 1_000
        #: The identities of favourites, as (kind, name of the first time).
        self.marked: dict[str, set[tuple[Kind, int]]] = {name: set() for name in PROFILES}
        #: Items whose id and name changed at once, or with too many others: nobody can tell which they were.
        self.unknown: set[tuple[str, Kind, int]] = set()
        self.pending: dict[tuple[str, Kind], set[int]] = {}

    # ------------------------------------------------------------------------------------------------------ steps
    def run(self, steps: Sequence[Step]) -> int:
        """Run the steps and the last clean syncs; return how many steps were checked. Raises `Violation`."""
        for number, step in enumerate(steps):
            try:
                getattr(self, f"do_{step.name.replace(' ', '_')}")(random.Random(step.seed))
                self.check()
            except Exception as error:
                error.add_note(f"in step {number}: {step.name}")
                raise
            self.checked += 1
        self.converge()
        return self.checked + 1

    def do_sync(self, rng: random.Random, **options: Any) -> None:
        self._sync(rng.choice(PROFILES[:1] * 3 + PROFILES[1:]), **options)

    def do_full_sync(self, rng: random.Random) -> None:
        self.do_sync(rng, mode="full")

    def do_cancelled_sync(self, rng: random.Random) -> None:
        cancellation, left = Cancellation(), [rng.randrange(1, 40)]

        def heard(event: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                cancellation.cancel()

        self._sync("home", emit=heard, cancellation=cancellation)

    def do_two_syncs(self, rng: random.Random) -> None:
        """A second process wants the same profile: it is told so at once, and changes nothing."""
        before = self.stored("home")
        found = self._run([self._engine("home"), self._engine("home")])
        busy = [one for one in found if one.exit_code == 5]
        expect(len(busy) == 1, "of two syncs of a profile not exactly one was refused")
        self._check_report("home", before, next(one for one in found if one.exit_code != 5))

    def do_two_profiles(self, rng: random.Random) -> None:
        before = {name: self.stored(name) for name in PROFILES}
        found = self._run([self._engine(name) for name in PROFILES])
        for name, finished in zip(PROFILES, found, strict=True):
            self._check_report(name, before[name], finished)

    def do_change(self, rng: random.Random) -> None:
        kind = rng.choice(LISTED_KINDS)
        items = self.panel.items[kind]
        for one in rng.sample(sorted(items), min(len(items), 1)):
            del items[one]
        for one in rng.sample(sorted(items), min(len(items), 2)):
            items[one] = f"{kind.value} {one} {rng.choice('abc')}"
        self.do_grow(rng)

    def do_grow(self, rng: random.Random) -> None:
        kind = rng.choice(LISTED_KINDS)
        for _ in range(rng.randrange(1, 4)):
            self.next_item += 1
            self.panel.items[kind][self.next_item] = f"{kind.value} {self.next_item}"

    def do_halve(self, rng: random.Random) -> None:
        items = self.panel.items[rng.choice(LISTED_KINDS)]
        for one in rng.sample(sorted(items), len(items) // 2):
            del items[one]

    def do_renumber(self, rng: random.Random) -> None:
        self.next_id += 100_000
        self.panel.first_id[rng.choice(LISTED_KINDS)] = self.next_id

    def do_fault(self, rng: random.Random) -> None:
        self.panel.faults[rng.choice(_ACTIONS)] = (rng.choice(_FAULTS), rng.choice((1, 2, 3, 5, 15)))

    def do_wait(self, rng: random.Random) -> None:
        self.clock.now += rng.choice((60, 4_000, 90_000))

    def do_mark(self, rng: random.Random) -> None:
        profile, kind = rng.choice(PROFILES), rng.choice(LISTED_KINDS)
        stored = self.stored(profile)[kind]
        with UserStore(self.paths.user_db) as user:
            follow_library(user, self.paths.library_db(profile), profile)
            for id_ in rng.sample(sorted(stored), min(len(stored), 3)):
                user.set_mark(profile, kind, str(id_), Mark.FAVOURITE, stored[id_])
                self.marked[profile].add((kind, identity(stored[id_])))

    def do_unmark(self, rng: random.Random) -> None:
        profile = rng.choice(PROFILES)
        with UserStore(self.paths.user_db) as user:
            follow_library(user, self.paths.library_db(profile), profile)
            for entry in user.favourites.entries(profile)[:1]:
                user.clear_mark(profile, entry.kind, entry.id, Mark.FAVOURITE)
                self.marked[profile].discard((entry.kind, identity(entry.name)))

    # ------------------------------------------------------------------------------------------------------ syncs
    def _engine(self, profile: str, **options: Any) -> Coroutine[Any, Any, SyncFinished]:
        return run_sync(self.paths, profile, **options)

    def _run(self, engines: list[Coroutine[Any, Any, SyncFinished]]) -> list[SyncFinished]:
        async def together() -> list[SyncFinished]:
            return list(await asyncio.gather(*engines))

        with simulated(self.network, self.clock, self.paths.cache) as runner:
            return runner.run(together())

    def _sync(self, profile: str, **options: Any) -> SyncFinished:
        before = self.stored(profile)
        (finished,) = self._run([self._engine(profile, **options)])
        self._check_report(profile, before, finished, accepts=options.get("accept_shrink", False))
        return finished

    # --------------------------------------------------------------------------------------------------- what holds
    def stored(self, profile: str) -> Stored:
        """The ids and names that the library has."""
        path = self.paths.library_db(profile)
        if not path.exists():
            return {kind: {} for kind in LISTED_KINDS}
        with closing(sqlite3.connect(path)) as file:
            return {kind: dict(file.execute(f"SELECT id, name FROM {kind.value}")) for kind in LISTED_KINDS}

    def _note_unknown(self, profile: str, kind: Kind, was: dict[int, str]) -> None:
        names = self.panel.items[kind]
        has_survived = sum(name in names.values() for name in was.values()) > SURVIVING_NAMES * len(was)
        for id_, name in was.items():
            one = identity(name)
            is_same = names.get(one) == name and has_survived
            if one in names and self.panel.id_of(kind, one) != id_ and not is_same:
                self.unknown.add((profile, kind, one))

    def _check_report(self, profile: str, before: Stored, finished: SyncFinished, *, accepts: bool = False) -> None:
        report: SyncReport = finished.report
        after = self.stored(profile)
        expect(finished.status != "failed" or before == after, f"a failed sync changed something: {finished.message}")
        for kind in LISTED_KINDS:
            part = report.lists[kind.plural]
            was, now, listed = before[kind], after[kind], self._listed(kind)
            self._note_unknown(profile, kind, was)
            expect(part.total == len(now), f"{kind.plural}: {part.total} reported, {len(now)} stored")
            lost = {identity(name) for name in was.values()} - {identity(name) for name in now.values()}
            if part.status != "completed":
                expect(not lost, f"{kind.plural}: {len(lost)} lost by a list that was {part.status}")
            if part.status == "completed" and (was or now):  # nothing at first may be all there is
                expect(set(now) == set(listed), f"{kind.plural}: completed, but not what the panel lists")
                expect(now == listed, f"{kind.plural}: completed with other names than the panel lists")
            if lost and not accepts:
                waited = self.pending.get((profile, kind), set())
                is_confirmed = len(lost & waited) >= CONFIRMING_SHARE * max(len(lost), len(waited))
                is_plausible = len(listed) >= PLAUSIBLE_SHARE * len(was) or is_confirmed
                expect(is_plausible, f"{kind.plural}: {len(lost)} of {len(was)} deleted after one implausible list")
            if part.pending_removals:
                self.pending[profile, kind] = {identity(name) for name in was.values()} - set(self.panel.items[kind])
            elif part.status == "completed":
                self.pending.pop((profile, kind), None)
            if not self._is_renumbered(was, now):
                expect(part.removed == len(was.keys() - now.keys()), f"{kind.plural}: removals are miscounted")
                expect(part.added == len(now.keys() - was.keys()), f"{kind.plural}: additions are miscounted")

    def _listed(self, kind: Kind) -> dict[int, str]:
        return {self.panel.id_of(kind, one): name for one, name in self.panel.items[kind].items()}

    def _is_renumbered(self, was: dict[int, str], now: dict[int, str]) -> bool:
        return bool(was and now) and min(now) // 100_000 != min(was) // 100_000

    def check(self) -> None:
        """What holds after every step, whatever it was."""
        for profile in PROFILES:
            path = self.paths.library_db(profile)
            if path.exists():
                with closing(sqlite3.connect(path)) as file:
                    expect(file.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "the library is damaged")
                    expect(not file.execute("PRAGMA foreign_key_check").fetchall(), "a foreign key points nowhere")
            self._check_marks(profile)
        self._check_requests()

    def _check_marks(self, profile: str) -> None:
        with UserStore(self.paths.user_db) as user:
            follow_library(user, self.paths.library_db(profile), profile)
            entries = user.favourites.entries(profile)
        found = {(entry.kind, identity(entry.name)) for entry in entries}
        expect(found == self.marked[profile], "a mark was lost or came from nowhere")
        stored = self.stored(profile)
        ids = {kind: {identity(name): id_ for id_, name in stored[kind].items()} for kind in LISTED_KINDS}
        for entry in entries:
            one = identity(entry.name)
            now = None if (profile, entry.kind, one) in self.unknown else ids[entry.kind].get(one)
            expect(now is None or str(now) == entry.id, f"the mark of {entry.name} did not follow its id")

    def _check_requests(self) -> None:
        begun = self.network.begun
        spaces = [after - before for before, after in pairwise(begun)]
        expect(min(spaces, default=1.0) >= _PAUSE_S - 0.005, "two requests came too soon after each other")
        expect(self.network.most_lists <= 1, "two lists were fetched at the same time")
        del begun[:-1]

    def converge(self) -> None:
        """Clean syncs bring everything to what the panel lists, and the next one writes nothing."""
        self.panel.faults.clear()
        self.clock.now += 90_000
        for profile in PROFILES:
            finished = self._sync(profile, accept_shrink=True)
            expect(finished.status == "completed", f"a clean sync was {finished.status}: {finished.message}")
            again = self._sync(profile)
            expect(again.report.rows_written == 0, "a second clean sync wrote rows")
            self.check()


def identity(name: str) -> int:
    return int(name.split()[1])


def run_seed(seed: int, steps: Sequence[Step] | None = None) -> int:
    """Run the steps of a seed, or some of them; return how many were checked."""
    with tempfile.TemporaryDirectory() as folder:
        return History(Path(folder), seed).run(drawn(seed) if steps is None else steps)


def fails(seed: int, steps: Sequence[Step]) -> Exception | None:
    try:
        run_seed(seed, steps)
    except Exception as error:  # noqa: BLE001 - whatever the engine raises is a finding
        return error
    return None


def shrunk(
    seed: int, steps: Sequence[Step], still_fails: Callable[[int, Sequence[Step]], object] = fails
) -> list[Step]:
    """Leave out steps as long as it still fails."""
    kept = list(steps)
    for step in list(kept):
        fewer = [one for one in kept if one is not step]
        if still_fails(seed, fewer):
            kept = fewer
    return kept
