"""What people install: built, looked into, installed on clean machines, and used there without the checkout.

Slow: it makes virtual environments and downloads what we depend on. `.ci/run` runs it.
"""

from __future__ import annotations

import email
import json
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

from tests.package.clean_machine import Installed, build, clean, interpreters, make_venv, run
from tests.support.command_line import REPOSITORY
from tests.support.pty_app import PtyApp
from tui_app import __version__

pytestmark = pytest.mark.slow
LARGEST_WHEEL = 2_000_000  # bytes


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(wheel, sdist)."""
    folder = tmp_path_factory.mktemp("dist")
    return build(folder, make_venv(folder / "builder", next(iter(interpreters().values())), "hatchling"))


@pytest.fixture(scope="module", params=list(interpreters()))
def installed(
    built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Installed:
    """The wheel, installed with pip for one version of Python."""
    folder = tmp_path_factory.mktemp(f"python{request.param}")
    bin_folder = make_venv(folder / "venv", interpreters()[request.param], str(built[0]))
    (folder / "home").mkdir()
    return Installed(bin_folder, folder / "home")


def sources() -> set[str]:
    """Every file of the package in the checkout, and where the themes go."""
    found = {str(path.relative_to(REPOSITORY)) for path in (REPOSITORY / "tui_app").rglob("*") if path.is_file()}
    themes = {f"tui_app/themes/{path.name}" for path in (REPOSITORY / "themes").glob("*.toml")}
    return {name for name in found if "__pycache__" not in name} | themes


def tracked_files() -> set[str]:
    """Every file of the repository but those that only git reads."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, check=True, capture_output=True, text=True
    ).stdout
    return {name for name in listed.split("\0") if name and name != ".gitattributes"}


# ------------------------------------------------------------------------------------------------------ contents
def test_the_wheel_holds_the_package_whole_and_nothing_else(
    built: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    wheel, sdist = built
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == sources()
    assert wheel.stat().st_size < LARGEST_WHEEL
    with capsys.disabled():
        print(f"\n{wheel.name}: {wheel.stat().st_size:,} bytes; {sdist.name}: {sdist.stat().st_size:,} bytes")


def test_the_metadata_says_what_we_are(built: tuple[Path, Path]) -> None:
    with ZipFile(built[0]) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(archive.read(name))
        entry_points = archive.read(name.replace("METADATA", "entry_points.txt")).decode()
        licence = archive.read(name.replace("METADATA", "licenses/LICENSE")).decode()
    assert (metadata["Name"], metadata["Version"]) == ("xtream-tui", __version__)
    assert (metadata["License-Expression"], metadata.get_all("License-File")) == ("MIT", ["LICENSE"])
    assert metadata["Requires-Python"] == ">=3.11"
    assert "web" in metadata.get_all("Provides-Extra", [])
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert "xtream-tui = tui_app.__main__:main" in entry_points
    assert licence == (REPOSITORY / "LICENSE").read_text() and licence.startswith("MIT License")


def test_the_source_archive_makes_the_same_wheel(built: tuple[Path, Path], tmp_path: Path) -> None:
    wheel, sdist = built
    with tarfile.open(sdist) as archive:
        names = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in archive.getnames()}
        archive.extractall(tmp_path, filter="data")
    assert names >= tracked_files()
    (tree,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    builder = wheel.parent / "builder" / "bin"
    argv: list[str | Path] = [builder / "python", "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "again"]
    subprocess.run(argv, cwd=tree, check=True, capture_output=True, env=clean(builder, tmp_path))
    (again,) = (tmp_path / "again").glob("*.whl")
    with ZipFile(wheel) as one, ZipFile(again) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())


def test_the_source_archive_passes_its_own_tests(built: tuple[Path, Path], tmp_path: Path) -> None:
    """Those that read files of the tree, and one of each of the larger parts."""
    with tarfile.open(built[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    (tree,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    bin_folder = make_venv(tmp_path / "venv", next(iter(interpreters().values())), f"{tree}[dev]")
    some = [
        "test_readme.py",
        "test_documents.py",
        "cli/test_man.py",
        "cli/test_cron_and_systemd.py",
        "xtream/test_demo_panel.py",
        "export",
        "text/test_text.py",
    ]
    argv: list[str | Path] = [
        bin_folder / "python",
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        *(f"tests/{one}" for one in some),
    ]
    done = subprocess.run(argv, cwd=tree, capture_output=True, text=True, env=clean(bin_folder, tmp_path), check=False)
    assert done.returncode == 0, done.stdout[-4_000:]


# --------------------------------------------------------------------------------------------- on clean machines
@pytest.fixture
def panel(installed: Installed) -> Iterator[dict[str, str]]:
    """The demo panel of the installed program."""
    running = installed.start("panel", "--channels", "40", "--movies", "60", "--series", "8")
    assert running.stdout is not None
    yield json.loads(running.stdout.readline())
    running.terminate()
    running.communicate(timeout=10)


def test_an_account_is_added_synced_and_searched(installed: Installed, panel: dict[str, str]) -> None:
    assert installed("--version") == f"xtream-tui {__version__}\n"
    link = ("--url", panel["url"], "--username", panel["username"], "--password-stdin")
    installed("profile", "add", "home", *link, stdin=panel["password"] + "\n")
    started = time.monotonic()
    report = json.loads(installed("sync", "--json"))
    print(f"sync of {report['movies']['total']} movies: {time.monotonic() - started:.1f} s")
    assert report["status"] == "completed"
    assert json.loads(installed("search", "nosferatoo", "--json"))["total"] > 0
    assert installed("guide").strip()
    assert ".TH XTREAM-TUI" in installed("man")
    secrets = installed.home / ".config" / "xtream-tui" / "secrets.toml"
    assert secrets.stat().st_mode & 0o777 == 0o600


def test_the_demo_opens_and_fills_itself(installed: Installed) -> None:
    argv = [str(installed.bin_folder / "xtream-tui"), "demo", "--movies", "60", "--channels", "40", "--series", "8"]
    environment = clean(installed.bin_folder, installed.home, PYTHONPATH="", XTREAM_TUI_HOME="")
    with PtyApp(argv, columns=120, rows=40, env=environment) as terminal:
        terminal.wait_for("Recently added", timeout=60)  # the sync has brought it
        terminal.write(b"1")
        terminal.wait_for("GENERAL", timeout=60)  # a category
        terminal.write(b"\x11")  # Ctrl+Q
        terminal.settle()


def test_pipx_installs_it(built: tuple[Path, Path], tmp_path: Path) -> None:
    bin_folder = make_venv(tmp_path / "venv", next(iter(interpreters().values())), "pipx")
    places = {"PIPX_HOME": str(tmp_path / "pipx"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
    run([str(bin_folder / "pipx"), "install", str(built[0])], env=clean(bin_folder, tmp_path, **places))
    assert Installed(tmp_path / "bin", tmp_path)("--version") == f"xtream-tui {__version__}\n"
