"""The hand-made lists: enough of them, complete, and nothing that can't be true."""

from __future__ import annotations

from collections import Counter

from tui_app.demo.facts import Film, clip, films, serials


def abouts() -> list[Film]:
    return [*films(), *(serial.about for serial in serials())]


def test_there_are_enough_real_works() -> None:
    assert len(films()) >= 210
    assert len(serials()) >= 14


def test_no_film_is_named_twice() -> None:
    seen = Counter((film.title, film.year) for film in films())
    assert [film for film, times in seen.items() if times > 1] == []


def test_years_and_lengths_are_possible() -> None:
    for film in films():
        assert 1895 <= film.year <= 1968, film.title
        assert 1 <= film.minutes <= 330, film.title
    for serial in serials():
        assert 1910 <= serial.about.year <= 1965, serial.about.title
        assert 10 <= serial.about.minutes <= 90, serial.about.title


def test_later_films_are_american_or_made_with_americans() -> None:
    # Abroad, copyright of the thirties and later was restored; only American films lapsed for want of a renewal.
    assert {film.title for film in films() if film.year >= 1930 and "United States" not in film.countries} == set()


def test_every_work_has_its_facts() -> None:
    for work in abouts():
        assert work.title and work.original and work.countries and work.genres and len(work.language) == 2, work
        assert work.directors, work.title
        assert len(work.plot) > 30 and work.plot.endswith("."), work.title
        assert "|" not in work.cast + work.directors + work.plot
        assert "-" not in (work.cast, work.directors)
    assert sum(not film.cast for film in films()) < 20  # documentaries and drawings


def test_genres_are_the_known_ones() -> None:
    from tui_app.demo.works import GENRES

    assert {genre for work in abouts() for genre in work.genres} <= set(GENRES)


def test_many_countries_and_scripts_occur() -> None:
    assert len({film.language for film in films()}) >= 10
    originals = "".join(film.original for film in films())
    for letter in ("é", "ö", "в", "狂", "劳", "ि"):
        assert letter in originals, letter


def test_chapters_count_up_without_gaps() -> None:
    for serial in serials():
        by_season: dict[int, list[int]] = {}
        for chapter in serial.chapters:
            assert chapter.title
            by_season.setdefault(chapter.season, []).append(chapter.number)
        assert by_season, serial.about.title
        for numbers in by_season.values():
            assert numbers == list(range(1, len(numbers) + 1)), serial.about.title


def test_some_facts_are_as_everybody_knows_them() -> None:
    by_title = {film.title: film for film in films()}
    assert by_title["Metropolis"].directors == "Fritz Lang"
    assert "Buster Keaton" in by_title["The General"].cast
    assert by_title["Battleship Potemkin"].original == "Броненосец «Потёмкин»"
    assert by_title["Night of the Living Dead"].year == 1968
    vampires = next(serial for serial in serials() if serial.about.title == "Les Vampires")
    assert (vampires.chapters[0].title, len(vampires.chapters)) == ("La Tête coupée", 10)


def test_the_clip_is_a_small_transport_stream() -> None:
    data = clip()
    assert 10_000 < len(data) < 100_000
    assert len(data) % 188 == 0
    assert set(data[::188]) == {0x47}
