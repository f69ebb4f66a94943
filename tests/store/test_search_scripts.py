"""Search across scripts: variants of letters, and Latin letters for others and the other way round."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.rows import assert_sound, channel, load, movie, series
from tui_app.catalog import Details, Episode, Kind, Query, Season
from tui_app.store.library_store import LibraryStore

MOVIES = (
    *("Чужой (1979)", "Чужой 3", "RU - Гарри Поттер и философский камень [4K]", "Властелин колец: Две крепости"),
    *("Щелкунчик", "Ёлки", "Жизнь", "Ελλάδα", "Ζορμπάς ο Έλληνας", "Ψυχώ", "AR - مدرسة الحب", "أحمد وليلى", "كتاب ٢"),
    *(
        "الكـــتاب",
        "千與千尋",
        "龍貓",
        "ゴジラ対メカゴジラ",
        "となりのトトロ",
        "기생충",
        "בית לחם",
        "Metropolis",
        "Matrix",
    ),
    *("Harry and Sally", "Zorro", "Шерлок Холмс", "Война и мир", "Quo Vadis", "Їжак у тумані", "Χάρισμα", "東京物語"),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibraryStore]:
    with LibraryStore.open(tmp_path_factory.mktemp("scripts") / "library-scripts.db") as store:
        load(store, Kind.MOVIE, *(movie(number, title) for number, title in enumerate(MOVIES, 1)))
        load(store, Kind.CHANNEL, channel(1, "RU: Первый канал HD"), channel(2, "GR| Άλφα"))
        load(store, Kind.SERIES, series(1, "Кухня", plot="Повара и ресторан."), series(2, "The Kitchen"))
        seasons = (Season(1, "1", episodes=(Episode("77", 1, 1, "Новый повар"),)),)
        store.save_series_details("1", Details(seasons=seasons), 1)
        yield store


def found(store: LibraryStore, typed: str) -> list[str]:
    return [hit.item.name for hit in store.search(typed).hits]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        # Latin letters, in the spellings that are in use
        *(
            ("chuzhoy", "Чужой (1979)"),
            ("chuzhoj", "Чужой (1979)"),
            ("čužoj", "Чужой (1979)"),
            ("chuzhoi 3", "Чужой 3"),
        ),
        *(("garri potter", MOVIES[2]), ("harry potter", MOVIES[2]), ("vlastelin kolets", MOVIES[3])),
        *(("vlastelin kolec", MOVIES[3]), ("vlastelin", MOVIES[3]), ("shchelkunchik", "Щелкунчик")),
        *(("schelkunchik", "Щелкунчик"), ("yolki", "Ёлки"), ("elki", "Ёлки"), ("zhizn", "Жизнь"), ("jizn", "Жизнь")),
        *(("sherlok holms", "Шерлок Холмс"), ("sherlock holmes", "Шерлок Холмс"), ("voyna i mir", "Война и мир")),
        *(("ellada", "Ελλάδα"), ("zorbas", "Ζορμπάς ο Έλληνας"), ("zormpas", "Ζορμπάς ο Έλληνας"), ("psycho", "Ψυχώ")),
        *(("psyxo", "Ψυχώ"), ("charisma", "Χάρισμα"), ("harisma", "Χάρισμα"), ("gojira", "ゴジラ対メカゴジラ")),
        *(
            ("totoro", "となりのトトロ"),
            ("gisaengchung", "기생충"),
            ("madrasa", "AR - مدرسة الحب"),
            ("izhak", "Їжак у тумані"),
        ),
        *(("pervyy kanal", "RU: Первый канал HD"), ("pervy kanal", "RU: Первый канал HD"), ("alpha", "GR| Άλφα")),
        *(("novyy povar", "Новый повар"), ("kuhnya", "Кухня"), ("kukhnya", "Кухня"), ("kuchnia", "Кухня")),
        # typed in Cyrillic or Greek
        *(("метрополис", "Metropolis"), ("Матрикс", "Matrix"), ("харри", "Harry and Sally"), ("зорро", "Zorro")),
        *(("μετροπολις", "Metropolis"), ("чужои", "Чужой (1979)"), ("ελλαδα", "Ελλάδα"), ("елки", "Ёлки")),
        # variants of letters, tatweel, harakat, digits, kana, Han
        *(("مدرسه الحب", "AR - مدرسة الحب"), ("مَدْرَسَة", "AR - مدرسة الحب"), ("احمد وليلي", "أحمد وليلى")),
        *(("کتاب 2", "كتاب ٢"), ("كتاب ۲", "كتاب ٢"), ("الكتاب", "الكـــتاب"), ("ٱلكتاب", "الكـــتاب")),
        *(
            ("ごじら", "ゴジラ対メカゴジラ"),
            ("ｺﾞｼﾞﾗ", "ゴジラ対メカゴジラ"),
            ("トナリノ", "となりのトトロ"),
            ("ﾄﾄﾛ", "となりのトトロ"),
        ),
        *(("千与千寻", "千與千尋"), ("千尋", "千與千尋"), ("千寻", "千與千尋"), ("龙猫", "龍貓"), ("竜猫", "龍貓")),
        *(("东京物语", "東京物語"), ("東亰", "東京物語"), ("ｍｅｔｒｏｐｏｌｉｓ", "Metropolis")),
    ],
)
def test_a_title_is_found_in_any_script(library: LibraryStore, typed: str, first: str) -> None:
    names = found(library, typed)
    assert names and names[0] == first


def test_titles_are_shown_as_they_are(library: LibraryStore) -> None:
    shown = {item.name for item in library.page(Query(Kind.MOVIE), limit=None).items}
    assert shown == set(MOVIES)


@pytest.mark.parametrize(
    ("typed", "name", "marked"),
    [
        ("chuzhoy", "Чужой (1979)", ["Чужой"]),
        ("harry potter", MOVIES[2], ["Гарри", "Поттер"]),
        ("метрополис", "Metropolis", ["Metropolis"]),
        ("千寻", "千與千尋", ["千尋"]),
    ],
)
def test_words_in_another_script_are_marked(library: LibraryStore, typed: str, name: str, marked: list[str]) -> None:
    (hit,) = [hit for hit in library.search(typed).hits if hit.item.name == name]
    assert [name[start:end] for start, end in hit.spans] == marked


def test_the_same_script_comes_first(library: LibraryStore) -> None:
    assert found(library, "harry")[0] == "Harry and Sally"
    assert found(library, "харри")[0] == "Harry and Sally"
    assert found(library, "гарри")[0] == MOVIES[2]


def test_the_filter_of_a_list_knows_other_spellings_too(library: LibraryStore) -> None:
    def listed(text: str) -> list[str]:
        return [item.name for item in library.page(Query(Kind.MOVIE, text=text)).items]

    assert listed("chuzhoy") == ["Чужой (1979)", "Чужой 3"]
    assert listed("garri potter") == [MOVIES[2]]
    assert listed("龙猫") == ["龍貓"]


def test_spellings_follow_the_names(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "Чужой", plot="Космос"), movie(2, "Rocky II", other_name="Рокки"))
    assert found(store, "rokki 2") == found(store, "rocky 2") == ["Rocky II"]
    store.save_rows(Kind.MOVIE, [movie(1, "Хищник", plot="Космос")])
    assert found(store, "chuzhoy") == []
    assert found(store, "khishchnik") == ["Хищник"]
    assert found(store, "khishchnik космос") == ["Хищник"]
    assert_sound(store)
    store.delete_rows(Kind.MOVIE, ["1"])
    assert found(store, "khishchnik") == []
    assert_sound(store)
