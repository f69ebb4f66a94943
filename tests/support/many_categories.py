"""A panel with 400 categories in 40 languages, each with two movies, as resellers have them."""

from __future__ import annotations

from tests.support.list_panel import ListPanel, category, movie

LANGUAGES = (
    "EN DE FR ES IT PT NL PL TR RU AR FA HE EL RO HU CS SV NO DA FI HR SR BG SQ UA HI TA TE ML PA UR JA KO ZH TH VI LT "
    "LV ET"
).split()
GENRES = ("ACTION", "COMEDY", "DRAMA", "HORROR", "FAMILY", "CRIME", "WAR", "WESTERN", "MUSIC", "4K UHD")


def panel_with_many_categories() -> ListPanel:
    """Return the panel; its movies are `Film 1` … `Film 800`, two in each category, the languages in order."""
    panel = ListPanel()
    names = [f"{language} | {genre}" for language in LANGUAGES for genre in GENRES]
    panel.movie_categories = [category(number, name) for number, name in enumerate(names, 1)]
    panel.movies = [
        movie(n) | {"name": f"Film {n}", "category_id": str((n + 1) // 2)} for n in range(1, 2 * len(names) + 1)
    ]
    return panel
