"""Every public function that meets a text from a stranger, as a function of that text alone.

`test_linear_time.py` asks each what a megabyte costs. A new function in one of the modules is added here, or to
`NO_TEXT` with the reason.
"""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Callable
from datetime import UTC
from importlib import import_module
from types import ModuleType
from typing import Any, Final

import tui_app.text
import tui_app.xtream
from tui_app import text
from tui_app.catalog import Kind, Programme, category_groups
from tui_app.errors import PanelError, UsageError
from tui_app.export import xmltv
from tui_app.library import similar
from tui_app.playback import process
from tui_app.store import fts_terms
from tui_app.store.items import codec
from tui_app.store.search import ranking
from tui_app.store.search.ranking import Row, Typed
from tui_app.text import Redactor
from tui_app.text.clean import file_name
from tui_app.widgets import list_painter, row_painter
from tui_app.xtream import (
    catchup,
    coerce,
    dates,
    details,
    episode_titles,
    fields,
    json_repair,
    links,
    login,
    rows,
    stream,
    urls,
)
from tui_app.xtream.epg import short_epg, times, xmltv_reader  # fmt: skip
from tui_app.xtream.epg.xmltv import XmltvStream
from tui_app.xtream.http import errors, redirects
from tui_app.xtream.masking import SecretMask
from tui_app.xtream.rows import RowContext

#: Modules of these packages that read no text, and why.
EXEMPT: Final = {
    "tui_app.xtream.client": "asks; other modules read the answers",
    "tui_app.xtream.masking": "its class is in the tables",
    "tui_app.xtream.row_recovery": "is the slow path of stream",
    "tui_app.xtream.epg.xmltv": "its class is in the tables",
    "tui_app.xtream.http.backend": "bounds heads and bodies",
    "tui_app.xtream.http.body": "takes blocks, whatever is in them",
    "tui_app.xtream.http.host_gate": "takes host names",
    "tui_app.xtream.http.media": "passes blocks on",
    "tui_app.xtream.http.proxies": "reads the user's own environment",
    "tui_app.xtream.http.proxy_handshake": "reads a bounded number of bytes",
    "tui_app.xtream.http.response_head": "refuses heads of more than MOST_BYTES",
    "tui_app.xtream.http.session": "asks; other modules read the answers",
    "tui_app.xtream.http.transport": "passes blocks on",
}


def _modules_of(package: ModuleType) -> tuple[ModuleType, ...]:
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return tuple(import_module(module.name) for module in found if not module.ispkg and module.name not in EXEMPT)


#: Modules of which every public function is in one of the tables.
MODULES: Final[tuple[ModuleType, ...]] = (
    tui_app.text, *_modules_of(tui_app.xtream), category_groups, fts_terms, process, ranking, similar,
)  # fmt: skip

NO_TEXT: Final = {
    "coerce.is_account": "looks at keys",
    "times.usable_end": "takes numbers",
    "dates.moment_of_digits": "takes a number",
    "errors.explained": "takes an exception and the address of the profile",
    "errors.perhaps_the_proxy": "takes an error of ours",
    "errors.speaks_https": "takes the address of the profile",
    "errors.in_words": "takes a number",
    "errors.asks_to_wait": "takes a number",
    "redirects.cookies_of": "takes headers, which the reader of heads bounds",
    "text.plausible_year": "takes a number",
    "ranking.with_numbers": "takes the row that `ranking.score` takes",
    "ranking.numbers_in": "takes the row that `ranking.score` takes",
    "ranking.has_numbers": "takes the row that `ranking.score` takes",
    "text.visible": "shows commands of a backup in full, and a backup bounds them",
    "process.private_folder": "takes nothing",
    "process.write_private": "writes a text as it is",
    "process.player_process": "takes a command line",
    "process.failure": "takes a player's last 20 lines, of at most 4,000 characters each",
    "rows.row_from": "the second half of decode_row",
    "category_groups.group_categories": "takes categories; split_prefix reads their names",
    "category_groups.shared_prefix": "takes categories; split_prefix reads their names",
    "similar.is_hidden": "takes categories",
    "similar.similar_titles": "takes an item",
    "fts_terms.unfinished_word": "adds an asterisk",
    "fts_terms.term": "quotes a word",
    "fts_terms.plain_groups": "takes words",
    "fts_terms.all_of": "takes words",
    "catchup.form_named": "compares a key",
    "catchup.candidates": "builds addresses with catchup_url",
    "catchup.find_form": "asks with candidates",
    "urls.catchup_template": "builds an address from a login",
    "urls.api_url": "builds an address from a login",
    "urls.stream_url": "builds an address from a login and an id of at most 128 characters",
    "urls.path_segment": "takes parts of a login, or an id of at most 128 characters",
    "urls.guide_url": "builds an address from a login",
    "urls.breaks_stream_urls": "looks for a slash",
}

_WEAK, _STRONG = SecretMask("images", "ann"), SecretMask("hunter2x9", "ann.user")
_KNOWN = Redactor(["hunter2x9", "images", "1", "ann.user", "&&&&&&", "%25%25%25", "a b/c+d"])
_TYPED = Typed("aa 0", numbers=("1926",))
_CATCHUP = catchup.CatchupSource("http://panel.example", "a", "b", "7", "UTC")
_CONTEXT = RowContext("http://panel.example", mask=_WEAK)


def _object(value: str, *names: str) -> dict[str, Any]:
    return dict.fromkeys(names, value)


def _parts(value: str, *names: str) -> dict[str, Any]:
    """The value in equal parts, so that a body holds it once."""
    size = len(value) // len(names)
    return {name: value[at * size : (at + 1) * size] for at, name in enumerate(names)}


def _programme_at(value: str) -> Programme:
    return Programme(start=1_700_000_000, stop=1_700_003_600, title=value, start_text=value)


def _said(call: Callable[[], object]) -> object:
    """What comes of it; our own errors are login, too."""
    try:
        return call()
    except (PanelError, UsageError) as error:
        return error


def _listings(value: str) -> bytes:
    times = {"start_timestamp": "1700000000", "stop_timestamp": "1700003600"}
    return json.dumps({"epg_listings": [{**_parts(value, "title", "description"), **times}]}).encode()


#: Name → what it does with a text. A megabyte of anything costs little more than looking at it.
TEXTS: Final[dict[str, Callable[[str], object]]] = {
    "text.category_is_adult": text.category_is_adult,
    "text.cell_width": text.cell_width,
    "text.clean_line": text.clean_line,
    "text.clean_paragraphs": text.clean_paragraphs,
    "text.decode_entities": text.decode_entities,
    "text.clean.file_name": file_name,
    "text.fit": lambda value: text.fit(value, 80),
    "text.fold": text.fold,
    "text.numbers_of": text.numbers_of,
    "text.other_spellings": lambda value: text.other_spellings(value, text.fold(value), ""),
    "text.spelled": text.spelled,
    "text.without_numbers": lambda value: text.without_numbers(value.split()),
    "text.fold_letters": text.fold_letters,
    "text.is_separator": text.is_separator,
    "text.key_beginnings": lambda value: text.key_beginnings(text.fold(value)),
    "text.redact": _KNOWN.redact,
    "text.redact_message": _KNOWN.redact_message,
    "text.sort_key": lambda value: text.sort_key(text.fold(value)),
    "text.split_title": text.split_title,
    "text.title_core": text.title_core,
    "text.split_ending": text.split_ending,
    "text.without_lead": text.without_lead,
    "text.strip_controls": text.strip_controls,
    "login.is_web_page": lambda value: login.is_web_page(_raw(value)),
    "login.refusal_of": login.refusal_of,
    "login.refusal_in_object": lambda value: login.refusal_in_object(_object(value, "message", "error")),
    "login.refusal_without_list": lambda value: login.refusal_without_list(_raw(value)),
    "short_epg.b64text": short_epg.b64text,
    "short_epg.decoded_base64": short_epg.decoded_base64,
    "rows.tidy_categories": lambda value: rows.tidy_categories(
        [_object(value, "category_id"), {"category_id": "1", **_object(value, "category_name", "parent_id")}]
    ),
    "coerce.message_of": lambda value: coerce.message_of(_object(value, "message")),
    "coerce.obj": coerce.obj,
    "coerce.text": coerce.text,
    "coerce.meta": coerce.meta,
    "coerce.paragraphs": coerce.paragraphs,
    "coerce.int_": coerce.int_,
    "coerce.float_": coerce.float_,
    "coerce.flag": coerce.flag,
    "coerce.epoch": coerce.epoch,
    "coerce.id_": coerce.id_,
    "coerce.wire_id": lambda value: coerce.wire_id(value, "7"),
    "coerce.ids": coerce.ids,
    "coerce.strs": coerce.strs,
    "coerce.url": lambda value: coerce.url(value, "http://panel.example"),
    "coerce.first_of": lambda value: coerce.first_of((value, value)),
    "dates.ascii_digits": dates.ascii_digits,
    "dates.day_in": dates.day_in,
    "dates.moment_of": lambda value: dates.moment_of(value, UTC),
    "dates.says_no_date": dates.says_no_date,
    "dates.year_in": dates.year_in,
    "fields.year": fields.year,
    "fields.year_in_name": fields.year_in_name,
    "fields.channel_number": fields.channel_number,
    "fields.rating": lambda value: fields.rating(value, value),
    "fields.seconds": fields.seconds,
    "fields.minutes": fields.minutes,
    "fields.length": fields.length,
    "fields.duration": lambda value: fields.duration(value, value, value),
    "fields.released": fields.released,
    "fields.first_released": lambda value: fields.first_released((value, value)),
    "fields.trailer": fields.trailer,
    "fields.is_radio": fields.is_radio,
    "fields.archive_days": lambda value: (fields.archive_days(value, 1), fields.archive_days(1, value)),
    "fields.picture": lambda value: fields.picture(value, "http://panel.example"),
    "fields.video": lambda value: fields.video({"width": value, "height": value, "codec_name": value}),
    "fields.audio": lambda value: fields.audio({"channels": value, "codec_name": value}),
    "fields.languages": lambda value: fields.languages([value, {"language": value}]),
    "rows.title_facts": lambda value: rows.title_facts(Kind.MOVIE, _object(value, "plot", "genre"), _CONTEXT),
    "fields.container": fields.container,
    "fields.positive": fields.positive,
    "fields.is_adult": lambda value: fields.is_adult(value, value),
    "short_epg.text_reader": lambda value: short_epg.text_reader([value, value])(value),
    "times.time_of": times.time_of,
    "times.length_of": times.length_of,
    "login.is_challenge": lambda value: login.is_challenge({}, _raw(value)),
    "login.refusal_by_status": lambda value: login.refusal_by_status(404, {}, _raw(value), at_login=True),
    "links.parse_link": lambda value: _said(lambda: links.parse_link(value)),
    "masking, a common word": _WEAK.masked,
    "masking, a password": _STRONG.masked,
    "masking, touches": lambda value: (_WEAK.touches(_raw(value)), _STRONG.touches(_raw(value))),
    "ranking.score": lambda value: ranking.score(_TYPED, Row(1, text.fold(value), "", "", 0.0, 0)),
    "redirects.checked_target": lambda value: _said(lambda: redirects.checked_target("http://panel.example/a", value)),
    "redirects.resolved": lambda value: _said(lambda: redirects.resolved("http://panel.example/a", value)),
    "errors.asks_for_https": lambda value: errors.asks_for_https(400, _raw(value)),
    "errors.seconds_of": lambda value: errors.seconds_of(value, 0.0),
    "ranking.year_of": ranking.year_of,
    "rows.category_from": lambda value: rows.category_from(_object(value, "category_id", "category_name")),
    "catchup.catchup_url": lambda value: catchup.catchup_url(_CATCHUP, _programme_at(value)),
    "catchup.panel_clock": lambda value: catchup.panel_clock(_programme_at(value), value),
    "catchup.has_ts_sync": lambda value: catchup.has_ts_sync(_raw(value)),
    "catchup.is_media": lambda value: catchup.is_media(catchup.FirstBytes(200, value, _raw(value))),
    "category_groups.split_prefix": category_groups.split_prefix,
    "category_groups.language_and_quality": lambda value: category_groups.language_and_quality(value, value, value),
    "category_groups.language_tags_in": category_groups.language_tags_in,
    "episode_titles.bare_title": lambda value: episode_titles.bare_title(value, (value, "House")),
    "episode_titles.numbers_in_field": episode_titles.numbers_in_field,
    "episode_titles.numbers_in_title": episode_titles.numbers_in_title,
    "episode_titles.season_in": episode_titles.season_in,
    "fts_terms.match_all_words": fts_terms.match_all_words,
    "fts_terms.words_of": fts_terms.words_of,
    "similar.series_words": similar.series_words,
    "urls.host_of": urls.host_of,
    "urls.valid_container": urls.valid_container,
    "xmltv.attribute": xmltv.attribute,
    "xmltv.content": xmltv.content,
    "details.seasons_from": lambda value: details.seasons_from(
        [_object(value, "name", "overview", "air_date", "season_number")],
        {value: [{"id": "1", **_object(value, "title", "season", "episode_num")}]}, [value[:300]],
    ),
    "fields.find_zone": fields.find_zone,
    "fields.zone_named": fields.zone_named,
    "fields.find_offset": lambda value: fields.find_offset(value, UTC),
    "fields.derived_offset": lambda value: fields.derived_offset(value, 1_700_000_000),
    "ranking.spans": lambda value: ranking.spans(Typed("aa 0 the"), value),
    "codec.genre_names": codec.genre_names,
    "process.cleaned": lambda value: process.cleaned(value, "http://panel.example:8080/live/a/b/1.ts"),
    "list_painter.wrap": lambda value: list_painter.wrap(text.clean_line(value), 40),
    "row_painter.shown_text": lambda value: row_painter.shown_text(value, 40),
}  # fmt: skip

#: Name → what it does with a body that holds a text, or is one. Some build an object for every few bytes.
BODIES: Final[dict[str, Callable[[str], object]]] = {
    "details.movie_details_from": lambda value: _said(lambda: details.movie_details_from(_raw(value), "7")),
    "details.series_details_from": lambda value: _said(lambda: details.series_details_from(_raw(value))),
    "details, a film's texts": lambda value: details.movie_details_from(
        json.dumps({"info": _parts(value, "plot", "cast", "genre", "releasedate", "duration", "rating")}).encode(), "7"
    ),
    "short_epg.programmes_from": lambda value: short_epg.programmes_from(_raw(value)),
    "short_epg, a programme's texts": lambda value: short_epg.programmes_from(_listings(value)),
    "json_repair.decode_object": lambda value: json_repair.decode_object(_raw(value)),
    "json_repair.find_value": lambda value: json_repair.find_value(_raw(value)),
    "json_repair, behind junk": lambda value: json_repair.find_value(b'<b>x</b> {"a":[' + _raw(value)),
    "json_repair.shortened": lambda value: json_repair.shortened(_raw(value + " " * json_repair.STRING_LIMIT)),
    "json_repair.string_end": lambda value: json_repair.string_end(_raw(value + " " * json_repair.STRING_LIMIT), 0),
    "login.account_from_answer": lambda value: _said(lambda: login.account_from_answer(200, {}, _raw(value), 0.0)),
    "login, an account's texts": lambda value: _said(
        lambda: login.account_from_answer(200, {}, json.dumps({"user_info": {
            "auth": 1, **_parts(value, "message", "exp_date", "allowed_output_formats")
        }, "server_info": _parts(value, "timezone", "time_now", "timestamp_now")}).encode(), 0.0)
    ),
    "masking.masked_body": lambda value: _WEAK.masked_body(b'["=images",' + json.dumps(value).encode() + b"]"),
    "rows.decode_row": lambda value: rows.decode_row(Kind.MOVIE, _row(value), _CONTEXT),
    "rows.row_identity": lambda value: rows.row_identity(Kind.MOVIE, _row(value), _CONTEXT),
    "stream.split_rows": lambda value: _said(lambda: list(stream.split_rows(_blocks(_raw(value))))),
    "stream, in a row": lambda value: _said(lambda: list(stream.split_rows(_blocks(b"[" + _long_row(value) + b"]")))),
    "xmltv_reader.salvaged": lambda value: xmltv_reader.salvaged(_programme(value), lambda _channel: True),
    "xmltv, a programme's texts": lambda value: _said(
        lambda: list(XmltvStream(_blocks(f"<tv>{_programme(value)}</tv>".encode("utf-8", "replace")), lambda _: True))
    ),
    "xmltv, the file": lambda value: _said(lambda: list(XmltvStream(_blocks(_raw(value)), lambda _channel: True))),
}  # fmt: skip


def _raw(value: str) -> bytes:
    return value.encode("utf-8", "replace")


def _long_row(value: str) -> bytes:
    """A row that is longer than strings may be, whatever the value: all sizes are cut, so their costs compare.

    The value stands in it once, so that the limit is one for each megabyte a panel sends.
    """
    return json.dumps({"stream_id": 7, "name": value, "overview": "x" * 300_000}).encode()


def _row(value: str) -> bytes:
    names = ("name", "plot", "genre", "stream_icon", "added", "rating", "category_ids")
    return json.dumps({"stream_id": 7, **_parts(value, *names)}).encode()


def _blocks(body: bytes) -> list[bytes]:
    return [body[at : at + (1 << 17)] for at in range(0, len(body), 1 << 17)]


def _programme(value: str) -> str:
    third = value[: len(value) // 3]
    return (
        f'<programme channel="a" start="20260101120000" {third}><title>{third}</title><desc>{third}</desc></programme>'
    )
