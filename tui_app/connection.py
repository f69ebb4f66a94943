"""Whether the connection that carries the default route is metered: looked up, never assumed.

It knows nothing of syncs or settings. Linux asks NetworkManager where it runs and looks at sysfs otherwise; macOS asks
`route` and `networksetup`; elsewhere, and whenever the signs are unclear, the answer is UNKNOWN.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

COMMAND_TIME_OUT_S: Final = 3.0
_ROUTE_UP: Final = 0x1
#: Drivers of telephones on a cable: they look like a wired card and cost like a telephone.
_TETHERING_DRIVERS: Final = frozenset({"rndis_host", "ipheth", "cdc_ether", "cdc_ncm", "cdc_mbim", "qmi_wwan"})
_VIRTUAL_DEVICES: Final = frozenset({"bridge", "bond", "vlan", "wireguard", "vxlan", "macvlan"})


class Connection(StrEnum):
    """What carries the default route. The value is what the screens say."""

    UNMETERED = "unmetered"
    METERED = "metered"
    OFFLINE = "no connection"
    UNKNOWN = "unknown"


Run = Callable[[Sequence[str]], str]


def run_command(arguments: Sequence[str]) -> str:
    """Standard output of a short command; "" when it is missing, fails or takes too long."""
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=COMMAND_TIME_OUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    return done.stdout if done.returncode == 0 else ""


def current_connection(platform: str = sys.platform, root: Path = Path("/"), run: Run = run_command) -> Connection:
    """The state of the default route now. Takes up to some seconds: ask it in a thread."""
    if platform == "linux":
        return _on_linux(root, run)
    if platform == "darwin":
        return _on_macos(run)
    return Connection.UNKNOWN


# ------------------------------------------------------------------------------------------------- Linux
def _on_linux(root: Path, run: Run) -> Connection:
    try:
        device = _default_device(root)
    except (OSError, ValueError):
        return Connection.UNKNOWN
    if device is None:
        return Connection.OFFLINE
    told = _network_manager_says(run(("nmcli", "-t", "-f", "GENERAL.METERED", "device", "show", device)))
    return told or _by_sysfs(root / "sys/class/net" / device)


def _default_device(root: Path) -> str | None:
    """The device of the default route with the lowest metric, IPv4 before IPv6; None when there is none."""
    routes: list[tuple[int, str]] = []
    for line in (root / "proc/net/route").read_text().splitlines()[1:]:
        fields = line.split()
        if len(fields) >= 8 and fields[1] == "00000000" == fields[7] and int(fields[3], 16) & _ROUTE_UP:
            routes.append((int(fields[6]), fields[0]))
    six = root / "proc/net/ipv6_route"
    if not routes and six.exists():
        for line in six.read_text().splitlines():
            fields = line.split()
            if len(fields) >= 10 and fields[0] == "0" * 32 and fields[1] == "00" and fields[9] != "lo":
                routes.append((int(fields[5], 16), fields[9]))
    return min(routes)[1] if routes else None


def _network_manager_says(answer: str) -> Connection | None:
    """`GENERAL.METERED:yes`, `no`, either with ` (guessed)`, or `unknown`."""
    word = answer.strip().rpartition(":")[2].split(" ")[0]
    return {"yes": Connection.METERED, "no": Connection.UNMETERED}.get(word)


def _by_sysfs(folder: Path) -> Connection:
    try:
        kind = dict(line.partition("=")[::2] for line in (folder / "uevent").read_text().splitlines()).get(
            "DEVTYPE", ""
        )
        driver = (folder / "device/driver").resolve().name if (folder / "device/driver").exists() else ""
    except OSError:
        return Connection.UNKNOWN
    if kind == "wwan" or folder.name.startswith("ppp") or driver in _TETHERING_DRIVERS:
        return Connection.METERED
    if kind == "wlan" or (folder / "wireless").exists() or (folder / "phy80211").exists():
        return Connection.UNMETERED
    is_card = (folder / "device").exists() and kind not in _VIRTUAL_DEVICES
    return Connection.UNMETERED if is_card else Connection.UNKNOWN


# ------------------------------------------------------------------------------------------------- macOS
def _on_macos(run: Run) -> Connection:
    routes = run(("route", "-n", "get", "default"))
    device = next((line.split(":")[1].strip() for line in routes.splitlines() if "interface:" in line), None)
    if device is None:
        return Connection.UNKNOWN
    port = ""
    for line in run(("networksetup", "-listallhardwareports")).splitlines():
        name, _, value = line.partition(": ")
        if name == "Hardware Port":
            port = value
        elif name == "Device" and value.strip() == device:
            return _by_port_name(port)
    return Connection.UNKNOWN


def _by_port_name(port: str) -> Connection:
    if any(word in port for word in ("iPhone", "iPad", "Bluetooth", "Modem")):
        return Connection.METERED
    if any(word in port for word in ("Wi-Fi", "Ethernet", "LAN", "Thunderbolt")):
        return Connection.UNMETERED
    return Connection.UNKNOWN
