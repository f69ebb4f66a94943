"""Guide files: whole ones, broken ones, hostile ones, and any bytes at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cpu_time import least_time
from tests.support.present import present
from tui_app.errors import BadAnswer
from tui_app.xtream.epg.times import time_of
from tui_app.xtream.epg.xmltv import DESCRIPTION_LIMIT, XmltvProgramme, XmltvStream, XmltvVerdict
from tui_app.xtream.masking import SecretMask

START = 1_767_225_600  # 2026-01-01 00:00 UTC
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tv SYSTEM "xmltv.dtd">\n<tv generator-info-name="x">\n'


def entry(number: int = 0, title: str = "News", more: str = "", channel: str = "one.uk") -> str:
    start, stop = f"202601010{number}0000 +0000", f"202601010{number + 1}0000 +0000"
    return f'<programme start="{start}" stop="{stop}" channel="{channel}"><title>{title}</title>{more}</programme>\n'


def document(*entries: str, head: str = HEAD, end: str = "</tv>\n") -> bytes:
    return (head + "".join(entries) + end).encode()


def blocks(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def read(body: bytes, size: int = 1 << 17, **options: object) -> tuple[list[XmltvProgramme], XmltvVerdict]:
    stream = XmltvStream(blocks(body, size), lambda channel: True, **options)  # type: ignore[arg-type]
    return [programme for batch in stream for programme in batch], stream.verdict


def titles(body: bytes, **options: object) -> list[str]:
    return [programme.title for programme in read(body, **options)[0]]  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------- whole files
def test_a_programme_is_read_with_all_it_says() -> None:
    more = '<title lang="de">Nachrichten</title><sub-title>Part &amp; 2</sub-title><desc>Long\n\nstory</desc>'
    found, verdict = read(document('<channel id="one.uk"/>', entry(1, "News &lt;b&gt; [/b]", more)))
    assert found == [XmltvProgramme("one.uk", START + 3_600, START + 7_200, "News <b> [/b]", "Part & 2\nLong\n\nstory")]
    assert verdict == XmltvVerdict(complete=True, programmes=1)


@pytest.mark.parametrize("size", [1, 7, 64, 1_000])
def test_where_blocks_end_makes_no_difference(size: int) -> None:
    body = document(*(entry(number, f"Show {number}") for number in range(8)))
    assert read(body, size) == read(body)
    assert len(read(body, size)[0]) == 8


def test_only_programmes_of_wanted_channels_are_given() -> None:
    body = document(entry(0, "A", channel="a"), entry(0, "B", channel="b"), entry(1, "C", channel="a"))
    stream = XmltvStream(blocks(body, 100), lambda channel: channel == "a")
    assert [one.title for batch in stream for one in batch] == ["A", "C"]
    assert stream.verdict == XmltvVerdict(complete=True, programmes=3)


def test_other_encodings_are_read_as_they_say() -> None:
    body = document(entry(0, "Café"), head=HEAD.replace("UTF-8", "ISO-8859-1"))
    assert titles(body.decode().encode("latin-1")) == ["Café"]
    assert titles(body) == ["CafÃ©"]  # believed, as a browser would
    for odd in ("utf-16", "nonsense", "zlib", "idna", "base64"):
        assert titles(document(entry(0, "Café"), head=HEAD.replace("UTF-8", odd))) == ["Café"]


@pytest.mark.parametrize(
    ("declared", "codec", "title"),
    [
        ("GB2312", "gbk", "新闻联播 \u9555"),  # a letter that GB2312 itself lacks
        ("gbk", "gbk", "新闻"),
        ("GB18030", "gb18030", "新闻 \U0001f600"),
        ("Big5", "big5", "新聞"),
        ("Shift_JIS", "cp932", "ニュース表 ①"),  # 0x5C and the like are half of a letter
        ("x-sjis", "cp932", "ソ"),
        ("EUC-JP", "euc_jp", "ニュース"),
        ("ISO-2022-JP", "iso2022_jp", "ニュース"),
        ("EUC-KR", "cp949", "뉴스"),
        ("windows-1251", "cp1251", "Новости"),
        ("win-1251", "cp1251", "Новости"),
        ("KOI8-R", "koi8_r", "Новости"),
        ("windows-1252", "cp1252", "“Café” €"),
        ("ISO-8859-9", "iso8859_9", "Ulusal Şenlik"),
        ("iso-8859-15", "iso8859_15", "Café €"),
        ("UTF-16", "utf-16", "Nachrichten für alle — 新闻"),
        ("UTF-16", "utf-16-le", "Nachrichten"),
        ("utf-8", "utf-16-be", "Nachrichten"),
        ("UTF-32", "utf-32", "Nachrichten"),
        ("UTF-8", "utf-8-sig", "Nachrichten für alle"),
    ],
)
@pytest.mark.parametrize("size", [1 << 17, 7])
@pytest.mark.fcase(93)
def test_declared_encodings_and_marks_are_believed(declared: str, codec: str, title: str, size: int) -> None:
    text = document(*(entry(number, f"{title} {number}") for number in range(5)), head=HEAD.replace("UTF-8", declared))
    found, verdict = read(text.decode().encode(codec), size)
    assert [one.title for one in found] == [f"{title} {number}" for number in range(5)]
    assert verdict.complete


@pytest.mark.fcase(93)
def test_the_first_title_that_says_something_is_taken() -> None:
    several = (
        '<title lang="de"/><title lang="fr"> </title><title lang="en"><![CDATA[News <now>]]></title><title>B</title>'
    )
    body = document(entry(0, "", several), entry(1, "1917"), entry(2, "", "<sub-title>Only this</sub-title>"))
    assert titles(body) == ["News <now>", "1917", "Only this"]
    assert titles(body.replace(b"</tv>", b"<oops></tv>").replace(b"1917<", b"1917<br><")) == [
        "News <now>",
        "1917",
        "Only this",
    ]


def test_bytes_of_another_encoding_cost_a_letter_not_the_programme() -> None:
    body = document(entry(0, "CAFE"), entry(1, "Next")).replace(b"CAFE", b"Caf\xe9")
    found, verdict = read(body)
    assert [one.title for one in found] == ["Caf\ufffd", "Next"]
    assert verdict.complete


def test_texts_are_cleaned_and_cut() -> None:
    found, _ = read(document(entry(0, "A\tB\u202e &#27;]0;x&#7;", f"<desc>{'x' * 9_000}</desc>"), entry(1, " ")))
    assert [one.title for one in found] == ["A B ]0;x", "No title"] or found[0].title.startswith("A B")
    assert not set("\x1b\x07\u202e") & set(found[0].title)
    assert len(found[0].description) <= DESCRIPTION_LIMIT


def test_the_password_is_taken_out_of_texts() -> None:
    mask = SecretMask("hunter2-xyz")
    from tui_app.text import redactor

    redactor.learn("bob", "hunter2-xyz")
    found, _ = read(document(entry(0, "News", "<desc>http://p/live/bob/hunter2-xyz/1.ts</desc>")), mask=mask)
    assert "hunter2" not in found[0].description


# ------------------------------------------------------------------------------------------------------- times
@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("20260101000000 +0000", START),
        ("20260101020000 +0200", START),
        ("20251231193000 -0430", START),
        ("20260101020000 +02:00", START),
        ("20260101000000 UTC", START),
        ("202601010000 +0000", START),
        ("20260101010000", START),  # the server's zone
        ("2026-01-01 01:00:00", START),
        (str(START), START),
        (str(START * 1000), START),
        ("20260101010000 +1", START),
        ("20260101010000 +01", START),
        ("20260101000000 -0000", START),
        ("20251231190000 \u22120500", START),
        ("20260101000000Z", START),
        ("20260101020000 CEST", START),
        ("20260101010000 CET", START),
        ("20251231190000 EST", START),
        ("20260101053000 IST", START),
        ("20260101030000 Europe/Istanbul", START),
        ("20260101020000 UTC+2", START),
        ("20260101010000 Nowhere", START),  # a name nobody knows: the server's zone
        ("20260101010000.000 +0100", START),
        ("20260101T000000Z", START),
        ("202601010100", START),
        ("2026010101 CET", START),
        ("20260101", START - 3_600),
        ("2026-01-01T00:00:00Z", START),
        ("2026-01-01T00:00:00.000Z", START),
        ("2026-01-01T01:00+01:00", START),
        ("2026-01-01 02:00:00 CEST", START),
        ("2026-01-01 02:00:00 +2", START),
        ("2026-01-01:01-00", START),
        ("20260101010000 +9999", None),
        ("20261301000000 +0000", None),
        ("20260101250000 +0000", None),
        ("", None),
        ("soon", None),
    ],
)
def test_times_are_read_with_their_offsets(text: str, at: int | None) -> None:
    assert time_of(text, ZoneInfo("Europe/Berlin")) == at


@pytest.mark.fcase(77)
def test_programmes_of_weeks_and_those_that_end_days_before_they_start_are_dropped() -> None:
    odd = entry(5).replace("20260101060000", "20251201060000"), entry(6).replace("20260101070000", "20260210070000")
    found, verdict = read(document(entry(0), *odd))
    assert [one.start for one in found] == [START]
    assert verdict == XmltvVerdict(complete=True, programmes=3, dropped=2)


@pytest.mark.parametrize(
    "stop",
    ["", 'stop=""', 'stop="None"', 'stop="null"', 'stop="0"', 'stop="20260101000000 +0000"', 'stop="20251231233000"'],
)
@pytest.mark.fcase(93)
def test_a_programme_without_a_usable_end_is_kept_without_one(stop: str) -> None:
    body = document(f'<programme start="20260101000000" {stop} channel="a"><title>Open</title></programme>')
    assert read(body)[0] == [XmltvProgramme("a", START, None, "Open", "")]


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ('><length units="minutes">90</length', 90),
        ('><length units="hours">2</length', 120),
        ('><length units="seconds">600</length', 10),
        (' stop="None"><length units="Minutes"> 45 </length', 45),
        (' duration="60"', 60),
        (' duration="3600"', 60),
        (' duration="PT1H30M"', 90),
        (' stop="20260102060000"', 24 * 60),
        (' stop_timestamp="1767229200" stop="20260101050000"', 60),
        (' stop="20260101000000" end="20260101010000"', 60),
    ],
)
@pytest.mark.fcase(93)
def test_an_end_may_be_said_by_a_length_or_under_another_name_and_is_a_day_away_at_most(
    said: str, minutes: int
) -> None:
    body = document(f'<programme start="20260101000000" channel="a"{said}><title>Show</title></programme>')
    assert [one.stop for one in read(body)[0]] == [START + 60 * minutes]
    unclosed = body.replace(b"</title>", b"<br></title>")  # no XML: read by patterns
    assert [one.stop for one in read(unclosed)[0]] == [START + 60 * minutes]


@pytest.mark.fcase(93)
def test_numbers_beside_a_start_without_a_zone_are_believed() -> None:
    body = document(entry(0).replace(" +0000", "").replace("<programme", f'<programme start_timestamp="{START}"'))
    assert [one.start for one in read(body, zone=ZoneInfo("Asia/Tokyo"))[0]] == [START]


# ------------------------------------------------------------------------------------------------ broken files
@pytest.mark.parametrize("kept", [0.5, 0.9, 0.999])
def test_a_file_that_broke_off_gives_what_came_and_is_not_complete(kept: float) -> None:
    body = document(*(entry(number, f"Show {number}") for number in range(9)))
    found, verdict = read(body[: int(len(body) * kept)], 200)
    assert [one.title for one in found] == [f"Show {number}" for number in range(len(found))]
    assert not verdict.complete


def test_unclosed_tags_cost_nothing() -> None:
    broken = entry(1, "Broken &nbsp; &amp; kept").replace("</title>", "<desc>What <b>it</b> is")
    found, verdict = read(document(entry(0, "Before"), broken, entry(2, "After"), end="<oops></tv>"))
    assert [one.title for one in found] == ["Before", "Broken & kept", "After"]
    assert found[1].start == START + 3_600
    assert verdict.complete


def test_a_programme_that_never_closes_costs_itself() -> None:
    body = document(entry(0, "Before"), '<programme start="x" <title>', entry(2, "After"))
    found, verdict = read(body)
    assert [one.title for one in found] == ["Before", "After"]
    assert (verdict.skipped, verdict.complete) == (1, False)


def test_entities_are_never_expanded() -> None:
    declared = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    head = f'<?xml version="1.0"?><!DOCTYPE tv [<!ENTITY a0 "{"x" * 1_000}">{declared}<!ENTITY f SYSTEM "file:///etc/passwd">]><tv>'
    found, verdict = read(document(entry(0, "&a12;"), entry(1, "&f;"), entry(2, "Plain"), head=head))
    assert [one.title for one in found] == ["&a12;", "&f;", "Plain"]
    assert verdict.complete


def test_declarations_among_programmes_are_no_xml_and_read_by_patterns() -> None:
    bomb = '<!DOCTYPE tv [<!ENTITY a "aaaa">]>'
    assert titles(document(entry(0, "One"), bomb, entry(1, "&a;"))) == ["One", "&a;"]


def test_an_endless_programme_is_held_in_bounded_memory() -> None:
    def endless() -> Iterator[bytes]:
        yield HEAD.encode() + b"<programme start='1'><title>"
        for _ in range(200):
            yield b"x" * 65_536
        yield b"</title></programme>" + document(entry(1, "After"), head="")

    stream = XmltvStream(endless(), lambda channel: True)
    found = [one.title for batch in stream for one in batch]
    assert found == ["After"]
    assert not stream.verdict.complete


def test_unclosed_texts_without_end_are_read_in_linear_time() -> None:
    body = document(entry(0, "Before"), entry(1, "<![CDATA[" + "</b><title><![CDATA[" * 40_000), entry(2, "After"))
    seconds, (found, _) = least_time(lambda: read(body), enough=2)
    assert seconds < 2
    assert [one.start for one in found] == [START + 3_600 * hour for hour in range(3)]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"user_info":{"auth":0}}', b"<html><body>Blocked</body></html>", b"\x00" * 99]
)
def test_what_is_no_guide_is_refused(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        read(body)


def test_an_empty_guide_is_complete() -> None:
    assert read(document()) == ([], XmltvVerdict(complete=True))


def _sound(found: list[XmltvProgramme]) -> bool:
    return all(0 < present(one.stop) - one.start <= 86_400 and one.title and one.title.isprintable() for one in found)


_PIECES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from(
            [
                b"<tv>", b"</tv>", b"<programme", b" start=\"20260101000000 +0000\"", b" stop='20260101010000 +0000'",
                b' channel="a">', b"<title>", b"</title>", b"</programme>", b"<![CDATA[", b"]]>", b"&amp;", b"&bomb;",
                b"<desc>", b"</desc>", b"<!DOCTYPE tv [<!ENTITY a 'b'>]>", b"<?xml version='1.0' encoding='latin-1'?>",
                b"\xff\xfe", b"\x00", b"<!--", b"-->", entry(0).encode(), entry(1, "caf\u00e9 \U0001f600").encode(),
            ]
        ),
    ),
    max_size=30,
)  # fmt: skip


@given(pieces=_PIECES, size=st.integers(1, 300))
def test_any_bytes_give_sound_programmes_or_a_refusal(pieces: list[bytes], size: int) -> None:
    try:
        found, _ = read(b"".join(pieces), size)
    except BadAnswer:
        return
    assert _sound(found)


@given(text=st.text(max_size=40))
def test_any_text_is_a_time_or_none(text: str) -> None:
    at = time_of(text, UTC)
    assert at is None or at > 0


@given(
    titles_in=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1), max_size=8)
)
def test_whatever_the_titles_each_programme_is_given_once(titles_in: list[str]) -> None:
    from xml.sax.saxutils import escape

    found, verdict = read(document(*(entry(number, escape(title)) for number, title in enumerate(titles_in))), 50)
    assert [one.start for one in found] == [START + 3_600 * number for number in range(len(titles_in))]
    assert verdict.complete
    assert json.dumps([one.title for one in found])
