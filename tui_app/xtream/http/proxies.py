"""Proxies from environment variables: which one a request uses, and what is wrong with a variable.

Reads `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` like curl and Python: the lower-case name takes
precedence, an empty value means none, and the variable of the scheme comes before `all_proxy`. Messages never contain a
value, because proxy URLs may contain passwords.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from tui_app.errors import ProxyError
from tui_app.text import redactor

_SCHEMES: Final = ("http", "https", "all")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "socks4": 1080, "socks4a": 1080, "socks5": 1080, "socks5h": 1080}
_ALIASES: Final = {"socks": "socks5"}
_SHOWABLE_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]{0,19}")
_HOST: Final = re.compile(r"[a-z0-9._~-]+")
_KINDS_HINT: Final = "Use http://, https://, socks5://, socks5h:// or socks4://, or unset the variable."
_FORM_HINT: Final = "Write it as http://HOST:PORT or socks5://HOST:PORT, or unset the variable."
#: Platforms with proxy settings outside environment variables.
SYSTEM_SETTINGS: Final = "the system's network settings"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, and the environment variable it comes from."""

    variable: str
    scheme: str  # a key of `_DEFAULT_PORTS`
    host: str
    port: int
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def is_socks(self) -> bool:
        return self.scheme.startswith("socks")

    def is_spoken_to_for(self, scheme: str) -> bool:
        """Whether requests of `scheme` are sent to the proxy itself and not through a tunnel."""
        return scheme == "http" and not self.is_socks

    @property
    def address(self) -> str:
        """Return `scheme://host:port`, without user name and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def words(self) -> str:
        """Return words for a message: "the proxy in HTTP_PROXY (http://127.0.0.1:3128)"."""
        return f"the proxy in {self.variable} ({self.address})"


@dataclass(frozen=True, slots=True)
class Variable:
    """A proxy variable: its name as written, and its value."""

    name: str
    value: str


class ProxyTable:
    """The proxies of an environment, parsed on demand."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        found = {scheme: _variable(environ, f"{scheme}_proxy") for scheme in _SCHEMES}
        if "REQUEST_METHOD" in environ and found["http"] and found["http"].name.isupper():
            found["http"] = None  # under CGI, a client's `Proxy:` header sets it
        self._variables = found
        self._exceptions = _variable(environ, "no_proxy")

    @classmethod
    def of_this_process(cls) -> ProxyTable:
        """Return the proxies of the process environment, or of the system settings (macOS, Windows)."""
        table = cls(os.environ)
        if sys.platform in ("darwin", "win32") and not any(table._variables.values()):
            table._take_system_settings()
        return table

    def _take_system_settings(self) -> None:
        from urllib.request import getproxies  # noqa: PLC0415 - start-up: 20 ms, not needed on Linux

        for scheme, value in getproxies().items():
            if scheme in _SCHEMES and value:
                self._variables[scheme] = Variable(SYSTEM_SETTINGS, value)

    def for_address(self, scheme: str, host: str, port: int | None) -> Proxy | None:
        """Return the proxy for a server, None for a direct connection. Raises `ProxyError` for an invalid variable."""
        variable = self._variables.get(scheme) or self._variables["all"]
        if variable is None or self.is_excepted(host, port):
            return None
        return parse_proxy(variable)

    def for_url(self, url: str) -> Proxy | None:
        """Return the proxy for a URL, None for a direct connection. Raises `ProxyError`."""
        parts = urlsplit(url)
        scheme = parts.scheme.lower()
        return self.for_address(scheme, parts.hostname or "", parts.port or (443 if scheme == "https" else 80))

    def is_excepted(self, host: str, port: int | None) -> bool:
        """Whether `no_proxy` covers this server."""
        return self._exceptions is not None and any(
            _covers(entry, host, port) for entry in re.split(r"[\s,;]+", self._exceptions.value) if entry
        )

    def variables(self) -> Iterator[Variable]:
        """Yield the variables that name a proxy."""
        yield from filter(None, (self._variables[scheme] for scheme in _SCHEMES))


def _variable(environ: Mapping[str, str], name: str) -> Variable | None:
    """Return the variable in lower case if set, even if empty; otherwise in any other case."""
    names = [name, name.upper(), *(other for other in environ if other.lower() == name)]
    for written in names:
        if written in environ:
            value = environ[written].strip()
            return Variable(written, value) if value else None
    return None


def proxy_host_of(url: str) -> str:
    """Return the host of the proxy for a URL; "" if there is none or it is invalid."""
    try:
        proxy = ProxyTable.of_this_process().for_url(url)
    except (ProxyError, ValueError):
        return ""
    return proxy.host if proxy else ""


def with_exception(environ: Mapping[str, str], host: str) -> str:
    """Return the value of `no_proxy` extended by a host."""
    known = _variable(environ, "no_proxy")
    return f"{known.value},{host}" if known else host


def parse_proxy(variable: Variable) -> Proxy:
    """Return the proxy named by a variable. Raises `ProxyError` with the variable's name, never its value."""
    name, value = variable.name, variable.value
    if any(char.isspace() or not char.isprintable() for char in value):
        raise ProxyError(f"{name} holds blanks or control characters, so it names no proxy.", hint=_FORM_HINT)
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        scheme = _ALIASES.get(parts.scheme.lower(), parts.scheme.lower())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        raise ProxyError(f"{name} is no address of a proxy.", hint=_FORM_HINT) from None
    if scheme not in _DEFAULT_PORTS:
        kind = f" ({scheme}://)" if _SHOWABLE_SCHEME.fullmatch(scheme) else ""
        raise ProxyError(f"{name} names a kind of proxy that can't be used{kind}.", hint=_KINDS_HINT)
    password = unquote(parts.password or "")
    redactor.learn(password)
    return Proxy(
        name,
        scheme,
        _checked_host(host, name),
        _port(parts, name) or _DEFAULT_PORTS[scheme],
        unquote(parts.username or ""),
        password,
    )


def _checked_host(host: str, name: str) -> str:
    """Return the host in ASCII for look-up. Raises `ProxyError`."""
    try:
        ip_address(host)
    except ValueError:
        pass
    else:
        return host
    try:
        found = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        found = ""
    if not _HOST.fullmatch(found) or not any(char.isalnum() for char in found):
        raise ProxyError(f"{name} names no host for the proxy.", hint=_FORM_HINT)
    return found


def _port(parts: SplitResult, name: str) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ProxyError(f"{name} has a port that is no number from 1 to 65535.", hint=_FORM_HINT)
    return port


# --------------------------------------------------------------------------------------------------- no_proxy
def _covers(entry: str, host: str, port: int | None) -> bool:
    """Whether an entry of `no_proxy` covers a server.

    Entries are `*`, a domain (with subdomains), an IP address or a network, with or without a port; IPv6 with or
    without brackets.
    """
    if entry == "*":
        return True
    name, entry_port = _split_entry(entry.lower().rpartition("://")[2].rstrip("/"))
    if entry_port is not None and entry_port != port:
        return False
    host = host.strip("[]").lower().rstrip(".")
    return _covers_address(name, host) or _covers_name(name, host)


def _split_entry(entry: str) -> tuple[str, int | None]:
    """Return name or address, and port. An IPv6 address without brackets has no port."""
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        name, rest = (name + rest, "") if rest.startswith("/") else (name, rest)  # [fe80::]/10
        return name, _number(rest[1:])
    name, colon, port = entry.rpartition(":")
    if colon and ":" not in name and port.isdigit():
        return name, _number(port)
    return entry, None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _covers_address(entry: str, host: str) -> bool:
    try:
        address = ip_address(host.partition("%")[0])
        network = ip_network(entry.partition("%")[0], strict=False)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return address in network or (mapped is not None and mapped in network)


def _covers_name(entry: str, host: str) -> bool:
    name = entry.removeprefix("*").lstrip(".").rstrip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))
