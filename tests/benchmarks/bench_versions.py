"""How well versions of one title are found: python tests/benchmarks/bench_versions.py [--spellings 2000] [--seed 1]

Precision and recall over pairs of spellings, whose truth is known (`tests.support.title_spellings`). Names that say
neither year nor id can't be decided: merging them with another title is wrong, not merging them no fault. Exits 1 below
the floors.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # it is run as a script, installed or not

from tests.support.title_spellings import grouped, measure, spellings

PRECISION: Final = 0.999
RECALL: Final = 0.97


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spellings", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print the names that are merged or missed wrongly")
    arguments = parser.parse_args()
    names = spellings(arguments.spellings, arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        groups = grouped(Path(folder) / "library.db", names)
        seconds = time.process_time() - started
    found = measure(names, groups)
    titles = len({name.work for name in names})
    print(f"{len(names):,} spellings of {titles:,} titles, stored and grouped in {seconds:.2f} s CPU")
    print(f"precision {found.precision:.4f} (floor {PRECISION}), recall {found.recall:.4f} (floor {RECALL})")
    if arguments.show:
        for word, listed in (("wrong", found.wrong), ("missed", found.missed)):
            print(*(f"{word}: {one}  |  {other}" for one, other in listed), sep="\n")
    return int(found.precision < PRECISION or found.recall < RECALL)


if __name__ == "__main__":
    sys.exit(main())
