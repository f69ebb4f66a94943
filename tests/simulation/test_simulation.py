"""Many histories of a panel against the real engine, from seeds; more of them with XTREAM_TUI_SEEDS=2000.

A seed that fails is run alone, and shrunk, by `python -m tests.simulation --seed N`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

import pytest

from tests.simulation.history import drawn, fails, run_seed, shrunk
from tests.simulation.planted import BUGS

SEEDS: Final = int(os.environ.get("XTREAM_TUI_SEEDS", "36"))
#: So many tests share the seeds, for runs in several processes.
SHARES: Final = 4


@pytest.mark.parametrize("share", range(SHARES))
def test_every_history_keeps_what_has_to_hold(share: int, measured: Callable[[str], None]) -> None:
    steps = 0
    for seed in range(share, SEEDS, SHARES):
        try:
            steps += run_seed(seed)
        except Exception as error:
            error.add_note(f"replay: python -m tests.simulation --seed {seed}")
            raise
    measured(f"simulation: {len(range(share, SEEDS, SHARES))} seeds with {steps} steps, every invariant held")


def test_a_seed_gives_the_same_history_each_time_and_shrinks_to_what_matters() -> None:
    steps = drawn(7)
    assert steps == drawn(7)
    assert fails(7, steps[:1]) is None
    wanted = {steps[2], steps[5]}
    assert shrunk(7, steps, lambda seed, some: wanted <= set(some)) == [steps[2], steps[5]]


@pytest.mark.parametrize("name", BUGS)
def test_the_planted_bugs_are_changes_of_todays_text(name: str) -> None:
    assert BUGS[name].is_current, "the program was changed here: plant the bug anew"
