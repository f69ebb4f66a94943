"""Titles as providers spell them, with what they really are: a truth to measure the grouping of versions by.

The rules are written by hand after the names that panels send, not after the rules of the grouping. Traps are titles
that look like versions of another and are none.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Final, NamedTuple

from tests.support.rows import load, movie
from tui_app.catalog import Kind
from tui_app.store.keys import provider_ids
from tui_app.store.library_store import LibraryStore

#: Titles of their own, with their year. Many differ from another one in a number, a part or a year only.
TRAPS: Final = (
    ("Rocky", 1976), ("Rocky II", 1979), ("Rocky III", 1982), ("Rocky IV", 1985), ("Rocky Balboa", 2006),
    ("Dune", 1984), ("Dune", 2021), ("Dune: Part Two", 2024), ("Dune Drifter", 2020), ("It", 1990), ("It", 2017),
    ("It Chapter Two", 2019), ("It Follows", 2014), ("Halloween", 1978), ("Halloween", 2007), ("Halloween", 2018),
    ("Halloween II", 1981), ("Halloween II", 2009), ("Halloween Kills", 2021), ("Halloween Ends", 2022),
    ("Fear Street: Part One - 1994", 2021), ("Fear Street: Part Two - 1978", 2021),
    ("Fear Street: Part Three - 1666", 2021), ("24", 2001), ("24: Legacy", 2017), ("24 Hour Party People", 2002),
    ("1917", 2019), ("1922", 2017), ("2012", 2009), ("2010", 1984), ("300", 2006), ("9", 2009), ("Nine", 2009),
    ("21", 2008), ("21 Grams", 2003), ("21 Jump Street", 2012), ("22 Jump Street", 2014), ("8½", 1963),
    ("Blade Runner", 1982), ("Blade Runner 2049", 2017), ("Wonder Woman", 2017), ("Wonder Woman 1984", 2020),
    ("Death Race", 2008), ("Death Race 2", 2010), ("Death Race 2000", 1975), ("Death Race 2050", 2017),
    ("Airport", 1970), ("Airport 1975", 1974), ("Airport '77", 1977), ("Class of 1984", 1982),
    ("2001: A Space Odyssey", 1968), ("Class of 1999", 1990), ("Royal Gala 2018", 2018), ("Royal Gala 2019", 2019),
    ("Royal Gala 2020", 2020), ("Kill Bill: Vol. 1", 2003), ("Kill Bill: Vol. 2", 2004), ("Che: Part One", 2008),
    ("Che: Part Two", 2008), ("Nymphomaniac: Vol. I", 2013), ("Nymphomaniac: Vol. II", 2013), ("Robin Hood", 1973),
    ("Robin Hood", 2010), ("Robin Hood", 2018), ("Crash", 1996), ("Crash", 2004), ("Twilight", 1998),
    ("Twilight", 2008), ("Extinction", 2014), ("Extinction", 2015), ("Extinction", 2018), ("Aftermath", 2012),
    ("Aftermath", 2013), ("The Office (US)", 2005), ("The Office (UK)", 2001), ("Ghosts (US)", 2021),
    ("Ghosts (UK)", 2019), ("Ghosts (DE)", 2025), ("Ghosts (FR)", 2025), ("CSI: Miami", 2002), ("CSI: NY", 2004),
    ("Miami", 2002), ("Cam", 2018), ("The Web", 2014), ("Remastered", 2019), ("Uncut Gems", 2019), ("Extended", 2019),
    ("S.W.A.T.", 2003), ("S.W.A.T.: Under Siege", 2017), ("M*A*S*H", 1970), ("Se7en", 1995), ("Seven", 1979),
    ("[REC]", 2007), ("[REC] 2", 2009), ("(500) Days of Summer", 2009), ("Mission: Impossible", 1996),
    ("Mission: Impossible 2", 2000), ("Mission: Impossible - Fallout", 2018), ("Spider-Man", 2002),
    ("Spider-Man 2", 2004), ("Spider-Man 3", 2007), ("Tom & Jerry", 2021), ("The Final Cut", 2004),
    ("Final Cut", 2022), ("Step Up", 2006), ("Step Up 2: The Streets", 2008), ("Sex and the City", 2008),
    ("Sex and the City 2", 2010), ("Amélie", 2001), ("Das Boot", 1981), ("Léon", 1994), ("La Haine", 1995),
    ("Der Untergang", 2004), ("The Hangover", 2009), ("The Hangover Part II", 2011), ("The Hangover Part III", 2013),
    ("Hangover Square", 1945), ("Ocean's Eleven", 1960), ("Ocean's Eleven", 2001), ("Ocean's Twelve", 2004),
    ("Ocean's 8", 2018), ("Metropolis", 1927), ("Metropolis", 2001), ("Nosferatu", 1922), ("Nosferatu", 2024),
    ("The General", 1926), ("The General", 1998), ("Fahrenheit 451", 1966), ("Fahrenheit 451", 2018),
    ("Fahrenheit 9/11", 2004), ("Max", 2015), ("Mad Max", 1979), ("Sky", 2015), ("Sky High", 2005), ("Prime", 2005),
    ("HD", 2017),
)  # fmt: skip
_FIRST: Final = (
    "Silent Golden Broken Hidden Last Crimson Distant Frozen Paper Hollow Savage Gentle Iron Burning".split()
)
_SECOND: Final = (
    "Harbour River Garden Empire Witness Promise Station Orchard Letter Winter Mirror Highway Island".split()
)
_FORMS: Final = ("The {} {}", "{} {}", "A {} {}", "{}'s {}", "{} & {}")

_LEADS: Final = (
    *("",) * 9, "EN - ", "DE - ", "FR - ", "|FR| ", "|EN| ", "[IT] ", "4K-DE - ", "NETFLIX - ", "EN: ", "ES| ", "DE ★ ",
    "┃NL┃ ", "AMZN - ", "(PL) ", "UK - ", "4K | ", "EN • ", "DISNEY+ - ", "APPLE TV+ - ", "|MULTI| ", "[4K] ",
    "EX-YU - ", "EN ▎ ", "TR » ", "AR-SUBS - ", "NF - ", "PT/BR - ", "DE | NETFLIX | ", "★ EN ★ ",
)  # fmt: skip
_TAILS: Final = (
    *("",) * 12, " [4K]", " FHD", " HD", " [REMUX]", " (CAM)", " 1080p", " BluRay 1080p x264", " [MULTI-SUB]",
    " (VOSTFR)", " MULTI", " {4K HDR}", " [Dual Audio]", " (HDTS)", " - 4K", " (Extended)", " [UHD HDR10+]", " UHD",
    " (German)", " [Uncut]", " 4K HDR", " (TS)", " 2160p WEB-DL DDP5.1", " ᴴᴰ", " (Directors Cut)", " [EN]",
    " HEVC 10bit", " |4K|", " (Dubbed)", " [1080p] [WEBRip] [5.1]",
)  # fmt: skip
_SCENE: Final = (
    "1080p.BluRay.x264-GRP", "720p.WEB-DL.AAC2.0.H.264", "2160p.UHD.BluRay.REMUX.HDR.HEVC.DTS-HD.MA.7.1-ABC",
    "German.DL.1080p.BluRay.x264-XYZ", "MULTi.1080p.WEB.H264-TEAM", "EXTENDED.1080p.BluRay.DTS.x264",
    "HDRip.XviD.AC3-EVO", "1080p.AMZN.WEBRip.DDP5.1.x265-NTb", "PROPER.720p.HDTV.x264", "REPACK.2160p.NF.WEB-DL",
)  # fmt: skip


class Spelling(NamedTuple):
    """A name as a panel sends it. `work` is the title that it truly is; `year` and `tmdb` are sent besides."""

    work: int
    name: str
    year: int | None
    tmdb: int | None
    is_dated: bool  # its name or what is sent besides says the year


def works(count: int, rng: random.Random) -> list[tuple[str, int]]:
    """Return the traps and made up titles, some of them made again in another year."""
    found: dict[tuple[str, int], None] = dict.fromkeys(TRAPS)
    while len(found) < count:
        title = rng.choice(_FORMS).format(rng.choice(_FIRST), rng.choice(_SECOND))
        year = rng.randrange(1950, 2025)
        if rng.random() < 0.2:
            title = f"{title} {rng.choice(('2', '3', 'II', 'Part 2', 'Part II', ': The Return'))}".replace(" :", ":")
        found[title, year] = None
    return list(found)


def spellings(count: int, seed: int = 1) -> list[Spelling]:
    """Return `count` names of about a fifth as many titles."""
    rng = random.Random(seed)
    titles = works(max(count // 5, len(TRAPS)), rng)
    chosen = [*range(len(titles)), *(rng.randrange(len(titles)) for _ in range(count - len(titles)))]
    return [_spelled(work, titles[work], rng) for work in chosen]


def _spelled(work: int, titled: tuple[str, int], rng: random.Random) -> Spelling:
    title, year = titled
    said = _written(title, rng)
    tmdb = 10_000 + work if rng.random() < 0.3 else None
    if rng.random() < 0.12:
        lead = rng.choice(("", "", "", "EN - ", "NETFLIX - "))
        return Spelling(work, f"{lead}{_dotted(said, year, rng)}", rng.choice((None, None, year)), tmdb, True)
    form = rng.choices((" ({})", " [{}]", " - {}", " {}", ""), (60, 8, 8, 6, 18))[0]
    sent = year if rng.random() < 0.5 else None
    if form == " {}" and title[-1:].isdigit():
        form = " ({})"  # as "2012 2009" no panel writes it
    lead, tail, dated = rng.choice(_LEADS), rng.choice(_TAILS), form.format(year)
    name = f"{lead}{said}{dated}{tail}" if rng.random() < 0.75 else f"{lead}{said}{tail}{dated}"
    return Spelling(work, name, sent, tmdb, bool(dated or sent))


def _written(title: str, rng: random.Random) -> str:
    """Return the title in another way of writing the same."""
    way = rng.random()
    if way < 0.06:
        return title.upper()
    if way < 0.10:
        return title.replace("é", "e").replace("'", "’")
    if way < 0.14:
        return title.replace(" & ", " and ").replace(":", "")
    if way < 0.16 and title.startswith("The ") and title.replace(" ", "").isalpha():
        return f"{title[4:]}, The"
    return title


def _dotted(title: str, year: int, rng: random.Random) -> str:
    words = "".join(letter if letter.isalnum() or letter in "-" else " " for letter in title.replace("'", "")).split()
    return rng.choice((".", ".", ".", "_")).join((*words, str(year), *rng.choice(_SCENE).split(".")))


def grouped(file: Path, names: Sequence[Spelling]) -> dict[int, int]:
    """Store these movies in a new library; return the place of a name → its group, for those with others."""
    with LibraryStore.open(file) as store:
        rows = [movie(place, one.name, year=one.year, tmdb=one.tmdb) for place, one in enumerate(names)]
        load(store, Kind.MOVIE, *rows)
        groups = store.versions.groups(Kind.MOVIE)
        ids = provider_ids(store.database, Kind.MOVIE, list(groups))
        return {int(ids[key]): group for key, group in groups.items()}


class Measured(NamedTuple):
    """Pairs of names that are merged and should not be, or should be and are not, and the shares of the right ones."""

    wrong: list[tuple[str, str]]
    missed: list[tuple[str, str]]
    precision: float
    recall: float


def measure(names: Sequence[Spelling], group_of: Mapping[int, int]) -> Measured:
    """Compare groups (place of a name → group) with the truth.

    A pair of one title counts as missed only if both say a year, or both an id: nothing else can be known.
    """
    merged = _pairs(group_of.get(place, -place) for place in range(len(names)))
    true = _pairs(name.work for name in names)
    known = {pair for pair in true if _is_known(*(names[place] for place in pair))}
    wrong, missed = sorted(merged - true), sorted(known - merged)
    return Measured(
        [(names[one].name, names[other].name) for one, other in wrong],
        [(names[one].name, names[other].name) for one, other in missed],
        1 - len(wrong) / max(len(merged), 1),
        1 - len(missed) / max(len(known), 1),
    )


def _is_known(one: Spelling, other: Spelling) -> bool:
    return (one.is_dated and other.is_dated) or (one.tmdb is not None and other.tmdb is not None)


def _pairs(groups: Iterable[int]) -> set[tuple[int, int]]:
    members: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    return {pair for places in members.values() for pair in combinations(places, 2)}
