"""What of a row is hidden when it holds the account's own password."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tui_app.catalog import Kind
from tui_app.text import redactor
from tui_app.xtream.masking import SecretMask
from tui_app.xtream.rows import RowContext, decode_row, row_identity


@pytest.fixture(autouse=True)
def nothing_learnt_before() -> Iterator[None]:
    """Other tests teach the one redactor of the process passwords as short as "x", which hosts have in them too."""
    with redactor.knowing_only():
        yield


def _context(password: str) -> RowContext:
    redactor.learn(password)
    return RowContext("http://panel.example", mask=SecretMask(password))


def _row(**fields: object) -> bytes:
    return json.dumps({"stream_id": 7, "name": "Film", "category_id": "1", **fields}).encode()


def test_a_password_in_a_title_and_an_icon_is_hidden() -> None:
    context = _context("hunter2x9")
    row = decode_row(
        Kind.MOVIE, _row(name="Film hunter2x9", stream_icon="http://x.example/ann/hunter2x9/7.png"), context
    )
    assert row is not None
    assert row.name == "Film ***"
    assert "hunter2x9" not in repr(row)


def test_a_password_that_could_be_a_word_stays_in_titles_and_is_hidden_in_addresses() -> None:
    context = _context("matrix")
    assert (plain := decode_row(Kind.MOVIE, _row(name="the matrix"), context)) is not None
    assert plain.name == "the matrix"
    row = decode_row(Kind.MOVIE, _row(name="the matrix", stream_icon="http://x.example/live/ann/matrix/7.png"), context)
    assert row is not None
    assert row.name == "the matrix"
    assert row.icon is not None
    assert "matrix" not in row.icon


@pytest.mark.parametrize("raw", [_row(), _row(stream_id="hunter2x9"), _row(stream_id="a-hunter2x9", id=5)])
def test_the_id_read_alone_is_the_id_of_the_whole_row(raw: bytes) -> None:
    context = _context("hunter2x9")
    row = decode_row(Kind.MOVIE, raw, context)
    assert row is not None
    assert row_identity(Kind.MOVIE, raw, context) == row.id


def test_without_a_password_nothing_is_touched() -> None:
    mask = SecretMask("")
    assert not mask.touches(_row(name="http://x.example/ann//7?password="))
    assert mask.masked_body(b"[1, 2") == b"[1, 2"


@pytest.mark.fcase(98)
@pytest.mark.parametrize("password", ["images", "live", "1", "tv"])
def test_a_password_that_is_a_common_word_leaves_pictures_and_titles_alone(password: str) -> None:
    context = RowContext("http://panel.example", mask=SecretMask(password, "ann"))
    icon = f"http://cdn.example/{password}/{password}/123.png?dir={password}&size={password}"
    row = decode_row(Kind.MOVIE, _row(name=f"{password} / {password}", stream_icon=icon), context)
    assert row is not None
    assert (row.name, row.icon) == (f"{password} / {password}", icon)


@pytest.mark.fcase(98)
@pytest.mark.parametrize("password", ["images", "live", "1", "a/b", "ü+x"])
@pytest.mark.parametrize(
    "address",
    [
        "http://x.example/live/ann/{}/7.ts",
        "http://x.example/ann/{}/7",
        "http://x.example/movie/bob/{}/7.mp4",
        "http://x.example/get.php?username=ann&password={}",
        "http://x.example/?token={}&a=1",
        "http://ann:{}@x.example/a.png",
    ],
)
def test_a_password_that_is_a_common_word_is_hidden_where_logins_stand(password: str, address: str) -> None:
    context = RowContext("http://panel.example", mask=SecretMask(password, "ann"))
    sent = address.format(quote(password, safe=""))
    for raw in (_row(stream_icon=sent), _row(stream_icon=sent).replace(b"/", b"\\/")):
        row = decode_row(Kind.MOVIE, raw, context)
        assert row is not None and row.icon is not None
        assert row.icon.count("***") in (1, 2)
        assert quote(password, safe="") not in row.icon.replace("x.example", "").replace("live/", "").replace("a=1", "")
