"""Detects whether the default route is metered. It never guesses: unclear signs give UNKNOWN.

Linux asks NetworkManager where it runs and reads sysfs otherwise; macOS asks `route` and `networksetup`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Final

COMMAND_TIME_OUT_S: Final = 3.0
_ROUTE_UP: Final = 0x1
_ROUTE_REJECT: Final = 0x200
#: Drivers of tethered phones and modems: they look like a wired card and are metered.
_TELEPHONE_DRIVERS: Final = frozenset({"rndis_host", "ipheth", "cdc_mbim", "qmi_wwan"})
#: Drivers of both phones and cable adapters, which can't be distinguished.
_UNCLEAR_DRIVERS: Final = frozenset({"cdc_ether", "cdc_ncm"})
_METERED_TYPES: Final = frozenset({"wwan", "bluetooth"})  # a modem; a phone's network over Bluetooth
_NO_CARD_TYPES: Final = frozenset({"wireguard", "vxlan", "gre", "ppp"})  # the device below them is not visible here
_DEEPEST: Final = 4  # a VLAN on a bridge on a bond on a card
_NO_LINK: Final = frozenset({"down", "lowerlayerdown", "notpresent"})


class Connection(StrEnum):
    """The kind of the default route. The value is the text shown in the app."""

    UNMETERED = "unmetered"
    METERED = "metered"
    OFFLINE = "no connection"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Seen:
    """The detected kind of connection, the device of the default route ("": unknown), and the source."""

    state: Connection
    device: str = ""
    source: str = ""  # "NetworkManager", "the kind of device", …; "" for none

    @property
    def words(self) -> str:
        """As "unmetered (wlan0)" or "unknown (tun0)"."""
        return f"{self.state} ({self.device})" if self.device else str(self.state)


Run = Callable[[Sequence[str]], str]


def run_command(arguments: Sequence[str]) -> str:
    """Return the standard output of a short command; "" when it is missing, fails or takes too long."""
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=COMMAND_TIME_OUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    return done.stdout if done.returncode == 0 else ""


def current_connection(platform: str = sys.platform, root: Path = Path("/"), run: Run = run_command) -> Connection:
    """Return the kind of the default route. May take seconds: call it in a thread."""
    return inspect_connection(platform, root, run).state


def inspect_connection(platform: str = sys.platform, root: Path = Path("/"), run: Run = run_command) -> Seen:
    """Return the kind of the default route and its source. May take seconds: call it in a thread."""
    if platform == "linux":
        return _on_linux(root, run)
    if platform == "darwin":
        return _on_macos(run)
    return Seen(Connection.UNKNOWN)


def default_route(platform: str = sys.platform, root: Path = Path("/"), run: Run = run_command) -> str | None:
    """Return a name of the default route, to detect that it changed; None without one, "" when unknown.

    Cheap enough for every minute.
    """
    if platform == "linux":
        try:
            found = _best_route(root)
        except (OSError, ValueError):
            return ""
        return found and " via ".join(found)
    return _macos_device(run) if platform == "darwin" else ""


def is_near(host: str) -> bool:
    """Return True when a host name or address is on this machine or in its local network."""
    name = host.strip("[]").lower()
    try:
        address = ip_address(name)
    except ValueError:
        return name == "localhost" or name.endswith((".localhost", ".local"))
    return address.is_loopback or address.is_private or address.is_link_local


# ------------------------------------------------------------------------------------------------- Linux
def _on_linux(root: Path, run: Run) -> Seen:
    try:
        found = _best_route(root)
    except (OSError, ValueError):
        return Seen(Connection.UNKNOWN)
    if found is None:
        return Seen(Connection.OFFLINE)
    device = found[0]
    told = _network_manager_says(run(("nmcli", "-t", "-f", "GENERAL.METERED", "device", "show", device)))
    if told is not None:
        return Seen(told, device, "NetworkManager")
    return Seen(_by_sysfs(root / "sys/class/net", device), device, "the kind of device")


def _best_route(root: Path) -> tuple[str, str] | None:
    """Return device and gateway of the default route with the lowest metric, IPv4 first; None without one.

    Raises `OSError` when neither table can be read, `ValueError` for an unexpected format.
    """
    tables = (root / "proc/net/route", root / "proc/net/ipv6_route")
    if not any(table.exists() for table in tables):
        raise FileNotFoundError(tables[0])
    for table, routes_in in zip(tables, (_ipv4_routes, _ipv6_routes), strict=True):
        lines = table.read_text().splitlines() if table.exists() else []
        routes = [route for route in routes_in(lines) if _has_link(root / "sys/class/net" / route[1])]
        if routes:
            return min(routes)[1:]
    return None


def _ipv4_routes(lines: Sequence[str]) -> list[tuple[int, str, str]]:
    """Return (metric, device, gateway) of the default routes in /proc/net/route."""
    rows = (line.split() for line in lines[1:])
    return [
        (int(row[6]), row[0], row[2])
        for row in rows
        if len(row) >= 8 and row[1] == "00000000" == row[7] and _is_used(row[3])
    ]


def _ipv6_routes(lines: Sequence[str]) -> list[tuple[int, str, str]]:
    """Return the default routes in /proc/net/ipv6_route; a rejecting route on `lo` there means none."""
    rows = (line.split() for line in lines)
    return [
        (int(row[5], 16), row[9], row[4])
        for row in rows
        if len(row) >= 10 and row[0] == "0" * 32 and row[1] == "00" and row[9] != "lo" and _is_used(row[8])
    ]


def _is_used(flags: str) -> bool:
    return int(flags, 16) & (_ROUTE_UP | _ROUTE_REJECT) == _ROUTE_UP


def _has_link(folder: Path) -> bool:
    """Return False for an unplugged device: its route may still be listed."""
    try:
        return (folder / "operstate").read_text().strip() not in _NO_LINK
    except OSError:
        return True


def _network_manager_says(answer: str) -> Connection | None:
    """Parse `GENERAL.METERED:yes`, `no`, either with ` (guessed)`, or `unknown`."""
    word = answer.strip().rpartition(":")[2].split(" ")[0]
    return {"yes": Connection.METERED, "no": Connection.UNMETERED}.get(word)


def _by_sysfs(devices: Path, device: str, depth: int = 0) -> Connection:
    """Classify by the kind of the device; of a bridge, bond or VLAN by the devices below it."""
    folder = devices / device
    try:
        kind = dict(line.partition("=")[::2] for line in (folder / "uevent").read_text().splitlines()).get(
            "DEVTYPE", ""
        )
        driver = (folder / "device/driver").resolve().name if (folder / "device/driver").exists() else ""
        below = sorted(path.name.removeprefix("lower_") for path in folder.glob("lower_*"))
    except OSError:
        return Connection.UNKNOWN
    if kind in _METERED_TYPES or driver in _TELEPHONE_DRIVERS:
        return Connection.METERED
    if below and depth < _DEEPEST:
        return _worst(_by_sysfs(devices, name, depth + 1) for name in below)
    if kind in _NO_CARD_TYPES or driver in _UNCLEAR_DRIVERS:
        return Connection.UNKNOWN
    if kind == "wlan" or (folder / "wireless").exists() or (folder / "phy80211").exists():
        return Connection.UNMETERED
    return Connection.UNMETERED if (folder / "device").exists() else Connection.UNKNOWN


def _worst(states: Iterable[Connection]) -> Connection:
    """Return METERED when one of them is. Virtual ports of a bridge are unknown and don't count."""
    found = set(states)
    return next((state for state in (Connection.METERED, Connection.UNMETERED) if state in found), Connection.UNKNOWN)


# ------------------------------------------------------------------------------------------------- macOS
def _on_macos(run: Run) -> Seen:
    device = _macos_device(run)
    if not device:
        return Seen(Connection.UNKNOWN)
    port = ""
    for line in run(("networksetup", "-listallhardwareports")).splitlines():
        name, _, value = line.partition(": ")
        if name == "Hardware Port":
            port = value
        elif name == "Device" and value.strip() == device:
            return Seen(_by_port_name(port), device, port)
    return Seen(Connection.UNKNOWN, device)


def _macos_device(run: Run) -> str:
    """Return the device of the default route, IPv4 before IPv6; "" when `route` names none."""
    for family in ((), ("-inet6",)):
        for line in run(("route", "-n", "get", *family, "default")).splitlines():
            name, _, value = line.strip().partition(": ")
            if name == "interface":
                return value.strip()
    return ""


def _by_port_name(port: str) -> Connection:
    if any(word in port for word in ("iPhone", "iPad", "Bluetooth", "Modem")):
        return Connection.METERED
    if any(word in port for word in ("Wi-Fi", "Ethernet", "LAN", "Thunderbolt")):
        return Connection.UNMETERED
    return Connection.UNKNOWN
