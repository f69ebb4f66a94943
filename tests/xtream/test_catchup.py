"""Addresses of past programmes: the panel's clock, the forms, and the search for the one that plays."""

from __future__ import annotations

import pytest

from tui_app.catalog import Programme
from tui_app.errors import BadAnswer, Denied
from tui_app.xtream.catchup import (
    FORMS,
    CatchupSource,
    FirstBytes,
    Found,
    candidates,
    catchup_url,
    find_form,
    form_named,
    has_ts_sync,
    is_media,
)

BASE = "http://panel.example:8080"
LONDON = CatchupSource(BASE, "u", "p", "5", "Europe/London")
NEWS = Programme(1690000000, 1690000000 + 3601, "News")  # 05:26:40 in London, 04:26:40 UTC
TS = b"".join(b"\x47" + bytes(187) for _ in range(10))
PAGE = b"<html><body>no</body></html>"
PATH, QUERY = FORMS[0], next(form for form in FORMS if form.style == "query")


@pytest.mark.fcase(75)
def test_f75_catch_up_counts_in_the_clock_of_the_server() -> None:
    assert catchup_url(LONDON, NEWS) == f"{BASE}/timeshift/u/p/66/2023-07-22:05-26/5.ts"


def test_the_other_forms_ask_for_the_same() -> None:
    assert [catchup_url(LONDON, NEWS, form).removeprefix(BASE) for form in FORMS] == [
        "/timeshift/u/p/66/2023-07-22:05-26/5.ts",
        "/timeshift/u/p/66/2023-07-22:05-26/5.m3u8",
        "/timeshift/u/p/66/2023-07-22:05-26/5",
        "/timeshift/u/p/66/2023-07-22_05-26/5.ts",
        "/streaming/timeshift.php?username=u&password=p&stream=5&start=2023-07-22:05-26&duration=66&extension=ts",
        "/streaming/timeshift.php?username=u&password=p&stream=5&start=2023-07-22_05-26&duration=66&extension=ts",
    ]
    assert [form_named(form.key) for form in FORMS] == list(FORMS) and form_named("path:x:ts") is None


def test_odd_logins_stand_encoded_in_both_styles() -> None:
    odd = CatchupSource(BASE, "a b", "c/d&e", "5", "UTC")
    assert "/a%20b/c%2Fd%26e/" in catchup_url(odd, NEWS, PATH)
    assert "username=a%20b&password=c%2Fd%26e&" in catchup_url(odd, NEWS, QUERY)
    assert "c/d" not in repr(odd)


@pytest.mark.parametrize(
    ("text", "zone", "start"),
    [
        ("2023-07-22 07:00:00", "Europe/London", "2023-07-22:07-00"),  # what the guide says is the panel's clock
        ("2023-07-22 04:26:40", "Europe/London", "2023-07-22:05-26"),  # the guide in UTC, the archive not
        ("2023-07-22 04:26:40", "UTC", "2023-07-22:04-26"),
        ("2023-13-45 99:99:99", "+05:30", "2023-07-22:09-56"),
        ("", "Mars/Base", "2023-07-22:04-26"),
    ],
)
def test_the_wall_clock_of_the_guide_wins_unless_it_is_that_of_utc(text: str, zone: str, start: str) -> None:
    programme = Programme(NEWS.start, NEWS.stop, "News", start_text=text)
    assert f"/{start}/" in catchup_url(LONDON._replace(timezone=zone), programme)


def test_a_minute_more_or_less_goes_over_midnight() -> None:
    midnight = Programme(1690000000, 1690003600, "Late", start_text="2023-01-01 00:00:00")
    assert "/2022-12-31:23-59/" in catchup_url(LONDON, midnight, shift_minutes=-1)


def test_times_beyond_the_calendar_are_said() -> None:
    with pytest.raises(BadAnswer):
        catchup_url(LONDON, Programme(10**15, 10**15 + 60, "x"))


class Panel:
    """Answers by what stands in the address; counts what it was asked."""

    def __init__(self, **answers: FirstBytes) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def look(self, address: str) -> FirstBytes:
        self.asked.append(address)
        return next((answer for words, answer in self.answers.items() if words in address), FirstBytes(404, "", b""))

    async def search(self, first: object = None, formats: tuple[str, ...] = ("ts", "m3u8")) -> Found:
        remembered = form_named(first) if isinstance(first, str) else None
        return await find_form(candidates(LONDON, NEWS, formats, remembered), self.look)


def panel(answers: dict[str, FirstBytes]) -> Panel:
    return Panel(**answers)


PLAYS = FirstBytes(200, "video/mp2t", TS)


@pytest.mark.fcase(76)
async def test_f76_a_missing_first_minute_is_looked_for_beside_it() -> None:
    asked = panel({"05-27/5.ts": PLAYS})
    found = await asked.search()
    assert found.address.endswith("/2023-07-22:05-27/5.ts") and found.form == PATH
    assert len(asked.asked) == 2


@pytest.mark.fcase(76)
async def test_f76_a_page_in_place_of_the_picture_means_another_form() -> None:
    asked = panel({"/timeshift/": FirstBytes(200, "video/mp2t", PAGE), "timeshift.php": PLAYS})
    found = await asked.search()
    assert found.form == QUERY
    assert sum("05-27" in address or "05-25" in address for address in asked.asked) == 0


@pytest.mark.fcase(76)
@pytest.mark.parametrize("status", [401, 403, 406])
async def test_f76_a_refusal_ends_the_search_at_once(status: int) -> None:
    asked = panel({"/": FirstBytes(status, "", b"")})
    with pytest.raises(Denied, match=str(status)):
        await asked.search()
    assert len(asked.asked) == 1


async def test_when_nothing_plays_few_addresses_were_tried_and_it_is_said() -> None:
    asked = panel({})
    with pytest.raises(BadAnswer, match="no recording"):
        await asked.search()
    assert len(asked.asked) == len(set(asked.asked)) == 8


async def test_the_form_that_played_before_is_tried_first_and_lists_only_where_the_account_takes_them() -> None:
    asked = panel({"timeshift.php": PLAYS})
    assert (await asked.search(QUERY.key)).form == QUERY and len(asked.asked) == 1
    asked = panel({})
    with pytest.raises(BadAnswer):
        await asked.search(formats=("ts",))
    assert not any(".m3u8" in address for address in asked.asked)


@pytest.mark.parametrize(
    ("answer", "plays"),
    [
        (PLAYS, True),
        (FirstBytes(206, "text/html", b"<br />\n<b>Warning</b>: x in y on line 3<br />\n" + TS), True),
        (FirstBytes(200, "application/vnd.apple.mpegurl", b"#EXTM3U\n"), True),
        (FirstBytes(200, "video/mp4", b"\0\0\0\x20ftypisom"), True),
        (FirstBytes(200, "video/x-flv", b"FLV\x01"), True),
        (FirstBytes(200, "video/mp2t", b""), False),
        (FirstBytes(200, "video/mp2t", PAGE), False),
        (FirstBytes(200, "application/json", b'{"user_info":{}}'), False),
        (FirstBytes(200, "", b"G" * 100), False),
    ],
)
def test_only_pictures_are_taken_for_pictures(answer: FirstBytes, plays: bool) -> None:
    assert is_media(answer) is plays


def test_two_packets_make_a_stream() -> None:
    assert has_ts_sync(TS[: 188 * 2]) and not has_ts_sync(TS[:188]) and not has_ts_sync(b"")
