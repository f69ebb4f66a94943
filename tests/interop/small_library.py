"""The foreign panel's small library: public-domain films, serials and newsreels, with every fact the server can carry.

Ids are unique over all kinds and categories, because the server finds any entry by its number alone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from xtreamcodeserver.entry.category import XTreamCodeCategory
from xtreamcodeserver.entry.entry import XTreamCodeType
from xtreamcodeserver.entry.live import XTreamCodeLive
from xtreamcodeserver.entry.serie import XTreamCodeSerie
from xtreamcodeserver.entry.serie_episode import XTreamCodeEpisode
from xtreamcodeserver.entry.serie_season import XTreamCodeSeason
from xtreamcodeserver.entry.vod import XTreamCodeVod
from xtreamcodeserver.epg.epgchannel import XTreamCodeEPGChannel
from xtreamcodeserver.epg.epgprogram import XTreamCodeEPGProgram
from xtreamcodeserver.providers.inmemory.entry_provider import XTreamCodeEntryMemoryProvider
from xtreamcodeserver.providers.inmemory.epg_provider import XTreamCodeEPGMemoryProvider
from xtreamcodeserver.stream.memorystream import XTreamCodeMemoryStream

Entries: TypeAlias = XTreamCodeEntryMemoryProvider
Guide: TypeAlias = XTreamCodeEPGMemoryProvider

STREAM_BYTES: Final = b"\x47" + b"\x00" * 187  # one empty transport stream packet
NEWS_ID, CINEMA_ID, SILENT_ID, TALKIES_ID, EMPTY_ID, SERIALS_ID = 1, 2, 3, 4, 5, 6
PATHE, GAUMONT, MELIES = 101, 102, 103
NOSFERATU, METROPOLIS, CHARADE, VAMPYR, CLEO = 201, 202, 203, 204, 205
FLASH_GORDON, LES_VAMPIRES = 301, 302

#: (id, name, file type, rating, added, seconds, director, cast, genres, release, plot)
_FILMS: Final[tuple[tuple[Any, ...], ...]] = (
    (NOSFERATU, "Nosferatu (1922)", "mkv", 7.9, 1_600_000_000, 5640, "F. W. Murnau", ["Max Schreck", "Greta Schröder"],
     ["Horror", "Fantasy"], datetime(1922, 3, 4), "A house agent's client turns out to be a vampire."),
    (METROPOLIS, "Metropolis (1927)", "mp4", 8.3, 1_600_000_100, 9180, "Fritz Lang", ["Brigitte Helm"],
     ["Drama", "Science Fiction"], datetime(1927, 1, 10), "The son of a city's master falls for a worker's prophet."),
    (CHARADE, "Charade (1963)", "mp4", 7.9, 1_600_000_200, 6780, "Stanley Donen", ["Cary Grant", "Audrey Hepburn"],
     ["Comedy", "Mystery"], datetime(1963, 12, 5), "Three men want the fortune a murdered husband hid."),
    (VAMPYR, "EN - Vampyr [HD]", "avi", 0, 0, 0, "", [], [], None, None),
    (CLEO, "Cléopâtre 1899", "mp4", 5.5, 1_600_000_300, 120, "Georges Méliès", ["Jehanne d'Alcy"],
     ["Horror"], datetime(1899, 11, 1), "A mummy is cut to pieces and comes back & <smiles>."),
)  # fmt: skip

#: season → (name, release, episodes); the chapters of the serials of 1936 and 1938
_FLASH_GORDON: Final = (
    ("Flash Gordon", datetime(1936, 4, 6), ("The Planet of Peril", "The Tunnel of Terror", "Captured by Shark Men")),
    ("Trip to Mars", datetime(1938, 3, 21), ("New Worlds to Conquer", "The Living Dead")),
)
_LES_VAMPIRES: Final = (("Les Vampires", datetime(1915, 11, 13), ("La Tête coupée", "La Bague qui tue")),)


def build() -> tuple[Entries, Guide]:
    """3 channels (one of them in two categories), 5 movies, 2 series with 7 episodes, 6 categories (one empty)."""
    entries, kinds = XTreamCodeEntryMemoryProvider(), XTreamCodeType
    news, cinema = (_category(entries, *it, kinds.LIVE) for it in ((NEWS_ID, "News"), (CINEMA_ID, "Cinéma 24/7")))
    silent, talkies, _empty = (
        _category(entries, *it, kinds.VOD) for it in ((SILENT_ID, "Silent"), (TALKIES_ID, "Talkies"), (EMPTY_ID, "4K"))
    )
    serials = _category(entries, SERIALS_ID, "Serials & Sagas", kinds.SERIE)
    for channel_id, name, guide_id in ((PATHE, "Pathé News", "pathe.fr"), (GAUMONT, "Gaumont", None)):
        news.add_entry(_channel(channel_id, name, guide_id))
    cinema.add_entry(_channel(MELIES, "Méliès 24/7", None))
    cinema.add_entry(news.get_entries()[1])  # Gaumont again: the list sends it twice
    for film in _FILMS:
        (talkies if film[0] == CHARADE else silent).add_entry(_film(*film))
    serials.add_entry(_series(FLASH_GORDON, "Flash Gordon", 7.0, _FLASH_GORDON))
    serials.add_entry(_series(LES_VAMPIRES, "Les Vampires", 6.8, _LES_VAMPIRES))
    return entries, _guide()


def change(entries: Entries) -> None:
    """One movie renamed, one gone, one new; a channel new; the series as they were."""
    silent, news = entries.get_category(SILENT_ID), entries.get_category(NEWS_ID)
    nosferatu, vampyr = entries.get_entry(NOSFERATU), entries.get_entry(VAMPYR)
    nosferatu.m_name = "Nosferatu: A Symphony of Horror (1922)"
    del silent[vampyr]
    silent.add_entry(XTreamCodeVod("Häxan (1922)", "mp4", _stream(), vod_id=206))
    news.add_entry(_channel(104, "Éclair Journal", None))


def no_guide() -> Guide:
    """A guide that knows no channel: the server answers 500 for each."""
    return XTreamCodeEPGMemoryProvider()


def _category(entries: Entries, category_id: int, name: str, kind: int) -> XTreamCodeCategory:
    category = XTreamCodeCategory(name, kind, category_id)
    entries.add_category(category)
    return category


def _stream() -> XTreamCodeMemoryStream:
    return XTreamCodeMemoryStream(STREAM_BYTES, "video/mp2t")


def _channel(channel_id: int, name: str, guide_id: str | None) -> XTreamCodeLive:
    return XTreamCodeLive(name, _stream(), guide_id, channel_id, icon_url=f"http://127.0.0.1/{channel_id}.png")


def _film(
    film_id: int, name: str, extension: str, rating: float, added: int, seconds: int, director: str,
    cast: list[str], genres: list[str], released: datetime | None, plot: str | None,
) -> XTreamCodeVod:  # fmt: skip
    film = XTreamCodeVod(name, extension, _stream(), film_id, description=plot)
    film.set_rate(rating)
    film.set_added_timestamp(added)
    film.set_duration_seconds(seconds)
    film.set_director(director)
    film.set_actors(cast)
    film.set_genres(genres)
    film.set_release_date(released)
    return film


def _series(
    series_id: int, name: str, rating: float, seasons: tuple[tuple[str, datetime, tuple[str, ...]], ...]
) -> XTreamCodeSerie:
    series = XTreamCodeSerie(name, series_id, description=f"{name}, in {len(seasons)} parts.")
    series.set_rate(rating)
    series.set_genres(["Adventure", "Serial"])
    series.set_release_date(seasons[0][1])
    series.set_lastmodified_timestamp(1_650_000_000)
    for season_number, (season_name, released, titles) in enumerate(seasons, start=1):
        season_id = series_id * 100 + season_number
        season = XTreamCodeSeason(season_number, season_name, season_id, description=f"Chapters of {released.year}")
        season.set_release_date(released)
        for number, title in enumerate(titles, start=1):
            episode = XTreamCodeEpisode(number, title, "mp4", _stream(), season_id * 100 + number)
            episode.set_duration_seconds(1200 + number)
            season.add_episode(episode)
        series.add_season(season)
    return series


def _guide() -> Guide:
    channel = XTreamCodeEPGChannel("pathe.fr", "Pathé")
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for offset, title in ((0, "Actualités du jour"), (1, "Les sports: été 1924"), (2, "Clôture")):
        start = hour + timedelta(hours=offset)
        channel.add_programme(XTreamCodeEPGProgram(start, start + timedelta(hours=1), title, f"{title}, en détail"))
    guide = XTreamCodeEPGMemoryProvider()
    guide.add_channel(channel)
    return guide
