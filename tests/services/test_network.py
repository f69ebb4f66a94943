"""The signs of a metered connection, from trees that look like /proc and /sys and commands that answer as told."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from tui_app.services.network import (
    Connection,
    Seen,
    current_connection,
    default_route,
    inspect_connection,
    is_near,
    run_command,
)

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


def _says(answer: str, _arguments: object) -> str:
    return answer


def test_network_manager_is_believed_before_the_device(tmp_path: Path) -> None:
    root = machine(tmp_path, uevent="DEVTYPE=wlan\n", folders=["device"])
    for answer, expected in (
        ("GENERAL.METERED:yes\n", Connection.METERED),
        ("GENERAL.METERED:yes (guessed)\n", Connection.METERED),
        ("GENERAL.METERED:no (guessed)\n", Connection.UNMETERED),
        ("GENERAL.METERED:unknown\n", Connection.UNMETERED),  # then the device decides
    ):
        assert current_connection("linux", root, partial(_says, answer)) is expected


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
    assert default_route("win32", run=silent) == ""


# ------------------------------------------------------------------------------- layouts as machines have them
def device(root: Path, name: str, uevent: str = "", *, folders: Sequence[str] = (), driver: str = "") -> None:
    folder = root / "sys/class/net" / name
    for inner in (".", *folders):
        (folder / inner).mkdir(parents=True, exist_ok=True)
    (folder / "uevent").write_text(uevent + f"INTERFACE={name}\nIFINDEX=2\n")
    if driver:
        (root / "sys/bus/usb/drivers" / driver).mkdir(parents=True, exist_ok=True)
        (folder / "device").mkdir(exist_ok=True)
        (folder / "device/driver").symlink_to(root / "sys/bus/usb/drivers" / driver)


def routes(root: Path, *lines: str, six: Sequence[str] = ()) -> None:
    (root / "proc/net").mkdir(parents=True, exist_ok=True)
    (root / "proc/net/route").write_text(HEADER + "".join(f"{line}\n" for line in lines))
    (root / "proc/net/ipv6_route").write_text("".join(f"{line}\n" for line in six))


def default(name: str, metric: int = 100, flags: str = "0003", gateway: str = "0102A8C0") -> str:
    return f"{name}\t00000000\t{gateway}\t{flags}\t0\t0\t{metric}\t00000000\t0\t0\t0"


def default_six(name: str, metric: str = "00000400", flags: str = "00450003") -> str:
    gateway = "fe80000000000000ae220bfffe3c1f10"
    return f"{'0' * 32} 00 {'0' * 32} 00 {gateway} {metric} 00000002 00000000 {flags} {name:>8}"


def state(root: Path) -> Connection:
    return current_connection("linux", root, silent)


def test_a_container_s_cable_ends_in_another_machine_and_says_nothing(tmp_path: Path) -> None:
    routes(tmp_path, default("eth0", 0))
    device(tmp_path, "eth0", folders=["statistics"])  # a veth: no card behind it
    assert inspect_connection("linux", tmp_path, silent) == Seen(Connection.UNKNOWN, "eth0", "the kind of device")


@pytest.mark.parametrize(("name", "kind"), [("tun0", ""), ("wg0", "DEVTYPE=wireguard\n"), ("ppp0", "DEVTYPE=ppp\n")])
def test_what_carries_a_tunnel_is_not_seen_and_not_guessed(tmp_path: Path, name: str, kind: str) -> None:
    routes(tmp_path, default(name, 50), default("wlan0", 600))
    device(tmp_path, name, kind)
    device(tmp_path, "wlan0", "DEVTYPE=wlan\n", folders=["device", "wireless"])
    assert state(tmp_path) is Connection.UNKNOWN


def test_a_vpn_beside_the_default_route_leaves_the_word_to_what_carries_it(tmp_path: Path) -> None:
    halves = ("tun0\t00000000\t0108080A\t0003\t0\t0\t0\t00000080\t0\t0\t0",)
    routes(tmp_path, *halves, default("wlan0", 600))
    device(tmp_path, "tun0")
    device(tmp_path, "wlan0", "DEVTYPE=wlan\n", folders=["device", "wireless"])
    assert state(tmp_path) is Connection.UNMETERED


def test_a_bond_or_a_bridge_is_what_it_lies_on(tmp_path: Path) -> None:
    routes(tmp_path, default("br0", 425))
    device(tmp_path, "br0", "DEVTYPE=bridge\n", folders=["lower_bond0", "lower_vnet3"])
    device(tmp_path, "bond0", "DEVTYPE=bond\n", folders=["lower_eno1", "lower_eno2"])
    device(tmp_path, "vnet3")
    for name in ("eno1", "eno2"):
        device(tmp_path, name, folders=["device"])
    assert state(tmp_path) is Connection.UNMETERED
    device(tmp_path, "bond0", folders=["lower_wwan0"])
    device(tmp_path, "wwan0", "DEVTYPE=wwan\n", folders=["device"])
    assert state(tmp_path) is Connection.METERED


def test_a_bridge_of_virtual_ports_alone_says_nothing_and_a_circle_ends(tmp_path: Path) -> None:
    routes(tmp_path, default("virbr0"))
    device(tmp_path, "virbr0", "DEVTYPE=bridge\n", folders=["lower_vnet0", "lower_virbr0"])
    device(tmp_path, "vnet0")
    assert state(tmp_path) is Connection.UNKNOWN


@pytest.mark.parametrize(
    ("driver", "expected"),
    [
        ("rndis_host", Connection.METERED),
        ("ipheth", Connection.METERED),
        ("cdc_ncm", Connection.UNKNOWN),  # telephones and cable adapters use it
        ("r8152", Connection.UNMETERED),
    ],
)
def test_usb_telephones_are_metered_and_adapters_are_not(tmp_path: Path, driver: str, expected: Connection) -> None:
    routes(tmp_path, default("enx0a1b2c"))
    device(tmp_path, "enx0a1b2c", driver=driver)
    assert state(tmp_path) is expected


def test_a_telephone_over_bluetooth_is_metered(tmp_path: Path) -> None:
    routes(tmp_path, default("bnep0"))
    device(tmp_path, "bnep0", "DEVTYPE=bluetooth\n", folders=["device"])
    assert state(tmp_path) is Connection.METERED


def test_ipv6_alone_is_a_connection_too(tmp_path: Path) -> None:
    reject = f"{'0' * 32} 00 {'0' * 32} 00 {'0' * 32} ffffffff 00000001 00000000 00200200       lo"
    routes(tmp_path, six=[reject])
    assert state(tmp_path) is Connection.OFFLINE
    routes(tmp_path, six=[reject, default_six("wwan0", "00000800"), default_six("eth0")])
    device(tmp_path, "eth0", folders=["device"])
    device(tmp_path, "wwan0", "DEVTYPE=wwan\n", folders=["device"])
    assert state(tmp_path) is Connection.UNMETERED
    (tmp_path / "proc/net/route").unlink()  # a kernel without IPv4
    assert state(tmp_path) is Connection.UNMETERED


def test_of_several_default_routes_one_whose_cable_is_out_does_not_count(tmp_path: Path) -> None:
    routes(tmp_path, default("eth0", 100), default("wwan0", 700), default("old0", 1, flags="0002"))
    device(tmp_path, "eth0", folders=["device"])
    device(tmp_path, "wwan0", "DEVTYPE=wwan\n", folders=["device"])
    (tmp_path / "sys/class/net/eth0/operstate").write_text("up\n")
    assert state(tmp_path) is Connection.UNMETERED
    (tmp_path / "sys/class/net/eth0/operstate").write_text("down\n")
    assert state(tmp_path) is Connection.METERED


def test_a_damaged_table_is_unknown_not_a_crash(tmp_path: Path) -> None:
    routes(tmp_path, default("eth0").replace("100", "many"))
    assert state(tmp_path) is Connection.UNKNOWN
    assert default_route("linux", tmp_path, silent) == ""


def test_a_route_is_told_from_another_one_and_from_none(tmp_path: Path) -> None:
    routes(tmp_path)
    assert default_route("linux", tmp_path, silent) is None
    seen = set()
    for line in (default("wlan0"), default("wlan0", gateway="01000A0A"), default("eth0")):
        routes(tmp_path, line)
        seen.add(default_route("linux", tmp_path, silent))
    assert len(seen) == 3 and None not in seen


def test_macos_without_ipv4_is_asked_for_ipv6() -> None:
    def run(arguments: Sequence[str]) -> str:
        if arguments[0] == "route":
            return "   route to: default\n  interface: en1\n" if "-inet6" in arguments else ""
        return "\nHardware Port: Wi-Fi\nDevice: en1\n"

    assert inspect_connection("darwin", run=run) == Seen(Connection.UNMETERED, "en1", "Wi-Fi")
    assert default_route("darwin", run=run) == "en1"


def test_what_is_seen_is_said_with_the_device() -> None:
    assert Seen(Connection.UNKNOWN, "tun0").words == "unknown (tun0)"
    assert Seen(Connection.OFFLINE).words == "no connection"


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("127.0.0.1", True), ("localhost", True), ("10.1.2.3", True), ("fe80::1", True), ("tv.local", True),
        ("8.8.8.8", False), ("panel.example", False), ("localhost.example", False), ("", False),
    ],
)  # fmt: skip
def test_hosts_that_need_no_default_route(host: str, near: bool) -> None:
    assert is_near(host) is near


def test_a_missing_or_failing_command_answers_nothing() -> None:
    assert run_command(("there-is-no-such-command",)) == ""
    assert run_command(("false",)) == ""
