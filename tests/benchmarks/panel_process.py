"""The demo panel for benchmarks: a process of its own whose lists are made before they are asked for.

Each line on stdin, `GENERATION VARIANT`, prepares three lists and answers with their size:
`plain` as the demo makes them: from generation to generation every icon host and many quotes change, too;
`calm` the same items, but rows that did not change in meaning keep the bytes of generation 0, counters aside;
`renumbered` every counter one higher (movies and series) and one blank line more: the same rows, another body;
`requoted` every row's bytes differ (icon host, quotes) and none differs in meaning.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys

from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.demo import DemoPanel

_COUNTER = re.compile(rb'\{"num":"?(\d+)"?')


def body(panel: DemoPanel, kind: Kind, generation: int, variant: str) -> bytes:
    plain = b"".join(panel.library.blocks(kind, generation))
    if variant == "calm":
        return calm(panel, kind, generation)
    if variant == "renumbered":
        step = 0 if kind is Kind.CHANNEL else 1
        return _COUNTER.sub(lambda found: b'{"num":%d' % (int(found[1]) + step), plain) + b"\n"
    if variant == "requoted":
        rehosted = re.sub(rb"\\/\\/cdn\d", rb"\\/\\/cdn77", plain)
        return re.sub(rb'"added":"(\d+)"', rb'"added":\1', rehosted)
    return plain


def calm(panel: DemoPanel, kind: Kind, generation: int) -> bytes:
    generator = panel.library.generator(kind)
    old = {
        (str(row[generator.id_field]), str(row.get("category_id"))): row
        for row in json.loads(b"".join(panel.library.blocks(kind, 0)))
    }
    rows = json.loads(b"".join(panel.library.blocks(kind, generation)))
    for place, row in enumerate(rows):
        index = int(row[generator.id_field]) - generator.first_id
        same = old.get((str(row[generator.id_field]), str(row.get("category_id"))))
        if same is not None and not generator.generations.revision(index, generation):
            rows[place] = same | {"num": row["num"]}
    return json.dumps(rows, separators=(",", ":")).replace("/", "\\/").encode()


def main() -> None:
    parser = argparse.ArgumentParser()
    for kind in LISTED_KINDS:
        parser.add_argument(f"--{kind.plural}", type=int, required=True)
    sizes = parser.parse_args()
    os.nice(10)  # a real one is on another machine: it should take no time from the keys that are measured
    with DemoPanel(channels=sizes.channels, movies=sizes.movies, series=sizes.series) as panel:
        bodies: dict[Kind, bytes] = {}
        panel.answers.full_list = bodies.__getitem__  # type: ignore[assignment]  # every answer is ready
        print(json.dumps({"url": panel.url}), flush=True)
        for line in sys.stdin:
            generation, variant = line.split()
            panel.generation = int(generation)
            for kind in LISTED_KINDS:
                bodies[kind] = body(panel, kind, int(generation), variant)
            print(json.dumps({"bytes": sum(map(len, bodies.values()))}), flush=True)


if __name__ == "__main__":
    main()
