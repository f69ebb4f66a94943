"""One HTTP connection to the demo panel: reads requests, checks the login, sends bodies and ranges of the clip."""

from __future__ import annotations

import re
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from tui_app.demo.answers import REFUSED, intval
from tui_app.demo.facts import clip

if TYPE_CHECKING:
    from tui_app.demo.panel import DemoPanel, PanelServer

_BLOCK: Final = 256 * 1024
_NOT_FOUND: Final = (
    b"<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n"
    b"<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")
_STREAM: Final = re.compile(r"(?:/(live|movie|series))?/([^/]+)/([^/]+)/(\d{1,15})(?:\.(\w{1,8}))?")
_TIMESHIFT: Final = re.compile(r"/timeshift/([^/]+)/([^/]+)/\d+/[^/]+/(\d{1,15})(?:\.(\w{1,8}))?")
_LONGEST_FORM: Final = 64 * 1024


class PanelHandler(BaseHTTPRequestHandler):
    """GET and POST to `player_api.php`, GET of `xmltv.php` and streams; an empty 200 for all else, as real ones."""

    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    disable_nagle_algorithm = True  # head and body are two writes; together with delayed acks they would cost 40 ms

    def do_GET(self) -> None:
        self._respond("")

    def do_POST(self) -> None:
        length = min(intval(self.headers.get("Content-Length", "")), _LONGEST_FORM)
        self._respond(self.rfile.read(length).decode("latin-1"))

    def do_HEAD(self) -> None:
        self._send(b"", "text/html; charset=UTF-8")

    do_OPTIONS = do_PUT = do_DELETE = do_HEAD

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: request lines hold the password."""

    @property
    def _panel(self) -> DemoPanel:
        return cast("PanelServer", self.server).panel

    def _respond(self, form: str) -> None:
        address = urlsplit(self.path)
        if address.path.endswith("/player_api.php"):
            self._respond_api(dict(parse_qsl(f"{address.query}&{form}", keep_blank_values=True)))
        elif address.path.endswith("/xmltv.php"):
            self._respond_guide(dict(parse_qsl(address.query)))
        else:
            self._respond_stream(address.path)

    def _respond_api(self, parameters: dict[str, str]) -> None:
        panel, action = self._panel, parameters.get("action", "")
        panel.count_request(action or "login")
        if not self._may_enter(parameters.get("username", ""), parameters.get("password", "")):
            self._send(REFUSED, "application/json")
            return
        body = panel.answers.answer(action, parameters) if action else None
        if body is None:
            body = panel.answers.account(panel.username, panel.password, panel.port)
        # Panels lie about the type of what they send; a client must look at the body.
        self._send(body, "text/html; charset=UTF-8" if action.startswith("get_vod") else "application/json")

    def _respond_guide(self, parameters: dict[str, str]) -> None:
        self._panel.count_request("xmltv")
        if not self._may_enter(parameters.get("username", ""), parameters.get("password", "")):
            self._send(_NOT_FOUND, "text/html", 404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/xml; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")  # it is made while it is sent
        self.end_headers()
        for piece in self._panel.answers.guide_file():
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def _respond_stream(self, path: str) -> None:
        match = _STREAM.fullmatch(path)
        past = _TIMESHIFT.fullmatch(path)
        if past:
            prefix, username, password, item_id, extension = "timeshift", past[1], past[2], past[3], past[4]
        elif match:
            prefix, username, password, item_id, extension = match[1] or "live", match[2], match[3], match[4], match[5]
        else:
            self._send(_NOT_FOUND, "text/html", 404)
            return
        self._panel.count_request(prefix)
        allowed = self._may_enter(unquote(username), unquote(password))
        if not allowed or not self._panel.answers.is_playable(prefix, int(item_id)):
            self._send(_NOT_FOUND, "text/html", 404)
        elif extension == "m3u8":
            self._send(_playlist(item_id), "application/vnd.apple.mpegurl")
        else:
            self._send_clip()

    def _may_enter(self, username: str, password: str) -> bool:
        return (username, password) == (self._panel.username, self._panel.password)

    def _send_clip(self) -> None:
        """The clip, or the one range of it that was asked for."""
        body = clip()
        wanted = _RANGE.fullmatch(self.headers.get("Range", "").strip())
        if wanted is None or not any(wanted.groups()):
            self._send(body, "video/mp2t", extra={"Accept-Ranges": "bytes"})
            return
        start, stop = _span(wanted, len(body))
        if start >= stop:
            self._send(b"", "video/mp2t", 416, {"Content-Range": f"bytes */{len(body)}"})
            return
        place = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {start}-{stop - 1}/{len(body)}"}
        self._send(body[start:stop], "video/mp2t", 206, place)

    def _send(self, body: bytes, content_type: str, status: int = 200, extra: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        self.end_headers()
        view = memoryview(body)
        for start in range(0, len(body), _BLOCK):
            self.wfile.write(view[start : start + _BLOCK])


def _span(wanted: re.Match[str], length: int) -> tuple[int, int]:
    """First byte and the one after the last; empty when the range lies outside."""
    first, last = wanted.groups()
    if not first:
        return max(0, length - int(last)), length
    return int(first), min(length, int(last) + 1) if last else length


def _playlist(item_id: str) -> bytes:
    lines = (
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "#EXT-X-TARGETDURATION:6",
        "#EXTINF:5.0,",
        f"{item_id}.ts",
        "#EXT-X-ENDLIST",
        "",
    )
    return "\n".join(lines).encode()
