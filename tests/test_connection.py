"""The signs of a metered connection, from trees that look like /proc and /sys and commands that answer as told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tui_app.connection import Connection, current_connection, run_command

HEADER = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"


def silent(_arguments: Sequence[str]) -> str:
    return ""


def machine(
    root: Path, *, device: str = "wlan0", metric: int = 100, uevent: str = "", folders: Sequence[str] = ()
) -> Path:
    route = root / "proc/net/route"
    route.parent.mkdir(parents=True, exist_ok=True)
    lines = route.read_text() if route.exists() else HEADER
    route.write_text(lines + f"{device}\t00000000\t0102A8C0\t0003\t0\t0\t{metric}\t00000000\t0\t0\t0\n")
    folder = root / "sys/class/net" / device
    for name in (".", *folders):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "uevent").write_text(uevent)
    return root


def test_a_wireless_card_counts_as_unmetered(tmp_path: Path) -> None:
    root = machine(tmp_path, uevent="DEVTYPE=wlan\nINTERFACE=wlan0\n", folders=["device", "wireless"])
    assert current_connection("linux", root, silent) is Connection.UNMETERED


def test_a_mobile_modem_is_metered(tmp_path: Path) -> None:
    root = machine(tmp_path, device="wwan0", uevent="DEVTYPE=wwan\n", folders=["device"])
    assert current_connection("linux", root, silent) is Connection.METERED


def test_a_telephone_on_a_cable_is_metered(tmp_path: Path) -> None:
    root = machine(tmp_path, device="usb0", folders=["device"])
    (tmp_path / "drivers/rndis_host").mkdir(parents=True)
    (root / "sys/class/net/usb0/device/driver").symlink_to(tmp_path / "drivers/rndis_host")
    assert current_connection("linux", root, silent) is Connection.METERED


def test_a_tunnel_says_nothing(tmp_path: Path) -> None:
    assert current_connection("linux", machine(tmp_path, device="tun0"), silent) is Connection.UNKNOWN


def test_network_manager_is_believed_before_the_device(tmp_path: Path) -> None:
    root = machine(tmp_path, uevent="DEVTYPE=wlan\n", folders=["device"])
    for answer, expected in (
        ("GENERAL.METERED:yes\n", Connection.METERED),
        ("GENERAL.METERED:yes (guessed)\n", Connection.METERED),
        ("GENERAL.METERED:no (guessed)\n", Connection.UNMETERED),
        ("GENERAL.METERED:unknown\n", Connection.UNMETERED),  # then the device decides
    ):
        assert current_connection("linux", root, lambda _arguments, answer=answer: answer) is expected


def test_the_route_with_the_lowest_metric_counts(tmp_path: Path) -> None:
    machine(tmp_path, device="wwan0", metric=700, uevent="DEVTYPE=wwan\n", folders=["device"])
    root = machine(tmp_path, device="eth0", metric=100, folders=["device"])
    assert current_connection("linux", root, silent) is Connection.UNMETERED


def test_no_default_route_is_no_connection_and_an_unreadable_table_is_unknown(tmp_path: Path) -> None:
    assert current_connection("linux", tmp_path, silent) is Connection.UNKNOWN
    (tmp_path / "proc/net").mkdir(parents=True)
    (tmp_path / "proc/net/route").write_text(HEADER)
    assert current_connection("linux", tmp_path, silent) is Connection.OFFLINE


@pytest.mark.parametrize(
    ("port", "expected"),
    [("Wi-Fi", Connection.UNMETERED), ("iPhone USB", Connection.METERED), ("Odd Thing", Connection.UNKNOWN)],
)
def test_macos_is_asked_for_the_port_of_the_default_route(port: str, expected: Connection) -> None:
    def run(arguments: Sequence[str]) -> str:
        if arguments[0] == "route":
            return "   route to: default\n  interface: en0\n"
        return f"\nHardware Port: Other\nDevice: en9\n\nHardware Port: {port}\nDevice: en0\n"

    assert current_connection("darwin", run=run) is expected


def test_elsewhere_it_does_not_pretend() -> None:
    assert current_connection("win32", run=silent) is Connection.UNKNOWN


def test_a_missing_or_failing_command_answers_nothing() -> None:
    assert run_command(("there-is-no-such-command",)) == ""
    assert run_command(("false",)) == ""
