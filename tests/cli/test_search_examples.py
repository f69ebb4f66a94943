"""What search promises, asked on the command line of a library that was synced from a panel."""

from __future__ import annotations

from tests.cli.conftest import PASSWORD
from tests.cli.invoke import Cli
from tests.support.list_panel import ListPanel, channel, movie, series

MOVIES = (
    *("EN - Metropolis (1927) [4K]", "Nosferatu (1922)", "Rocky", "Rocky II", "Rocky III", "Dune: Part Two", "1917"),
    *("24", "Amélie Poulain", "The General (1926)", "General", "Generals of War", "Degeneral", "Spider-Man"),
    *(
        "Гарри Поттер",
        "Чужой (1979)",
        "Ελλάδα",
        "مدرسة الحب",
        "千與千尋",
        "ゴジラ",
        "كتاب ٢",
        "Se7en",
        "Ocean's Eleven",
    ),
    *("Genaral", "Film 2 of 1928", "Film 3 of 1923"),
)
CAST = {"The General (1926)": "Buster Keaton"}
#: What is typed → the title that comes first.
EXAMPLES = {
    # accents, case, punctuation, word order, beginnings, language prefixes, typing errors
    "amelie": "Amélie Poulain",
    "AMÉLIE": "Amélie Poulain",
    "a&e": "US: A&E HD",
    "poulain amelie": "Amélie Poulain",
    "metrop": MOVIES[0],
    "EN - metropolis": MOVIES[0],
    "metroploys": MOVIES[0],
    "nosfratu": "Nosferatu (1922)",
    "spiderman": "Spider-Man",
    "buster keaton": "The General (1926)",
    "breaking bda": "Breaking Bad",
    # rare words decide, numbers rank
    "metropolis 2": MOVIES[0],
    "nosferatu 1923": "Nosferatu (1922)",
    "metropolis 1928": MOVIES[0],
    "rocky 2": "Rocky II",
    "rocky ii": "Rocky II",
    "rocky two": "Rocky II",
    "dune part 2": "Dune: Part Two",
    "1917": "1917",
    "24": "24",
    "24 season 3": "24",
    "se7en": "Se7en",
    "ocean's 11": "Ocean's Eleven",
    # any script as people type it
    "harry potter": "Гарри Поттер",
    "chuzhoy": "Чужой (1979)",
    "ellada": "Ελλάδα",
    "метрополис": MOVIES[0],
    "مدرسه الحب": "مدرسة الحب",
    "مدرســـة": "مدرسة الحب",
    "كتاب 2": "كتاب ٢",
    "千与千寻": "千與千尋",
    "ｺﾞｼﾞﾗ": "ゴジラ",
}


def test_every_example_finds_what_it_means(cli: Cli) -> None:
    with ListPanel() as panel:
        panel.movies = [movie(n, name=name, cast=CAST.get(name)) for n, name in enumerate(MOVIES, 1)]
        panel.channels = [channel(1, name="US: A&E HD")]
        panel.series = [series(1, name="Breaking Bad")]
        link = f"{panel.url}/get.php?username=viewer&password={PASSWORD}"
        cli("profile", "add", "home", "--url", link, "--sync")

    def found(typed: str) -> list[str]:
        return [result["name"] for result in cli.json("search", typed)["results"]]

    assert {typed: found(typed)[:1] for typed in EXAMPLES} == {typed: [title] for typed, title in EXAMPLES.items()}
    # exact beats prefix beats infix beats typing error
    ranked = ["General", "Generals of War", "Degeneral", "Genaral"]
    assert [name for name in found("general") if name in ranked] == ranked
