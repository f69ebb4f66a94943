"""A machine that has Python and nothing of ours: virtual environments, and runs in an empty home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.command_line import REPOSITORY

_SYSTEM_PATH: Final = "/usr/local/bin:/usr/bin:/bin"
_PATIENCE_S: Final = 600


def interpreters() -> dict[str, Path]:
    """The Pythons we promise to run on that are here: "3.11" → program."""
    found = {f"{sys.version_info.major}.{sys.version_info.minor}": Path(sys.executable)}
    for version in ("3.11", "3.12", "3.13"):
        for candidate in _candidates(version):
            if version not in found and _is_whole(candidate):
                found[version] = candidate
    return dict(sorted(found.items()))


def _candidates(version: str) -> Iterator[Path]:
    if on_path := shutil.which(f"python{version}"):
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted((pyenv / "versions").glob(f"{version}*/bin/python{version}"))


def _is_whole(python: Path) -> bool:
    probe: list[str | Path] = [python, "-c", "import ensurepip, sqlite3, ssl, venv"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def make_venv(folder: Path, python: Path, *packages: str) -> Path:
    """A virtual environment with packages; its folder of programs."""
    run([str(python), "-m", "venv", str(folder)])
    run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages])
    return folder / "bin"


def run(argv: Sequence[str], **more: object) -> str:
    """Run to the end outside the checkout; what it printed. The complaint of a failed one is in the error."""
    done = subprocess.run(argv, capture_output=True, text=True, timeout=_PATIENCE_S, cwd="/", check=False, **more)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{' '.join(argv)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return str(done.stdout)


def build(folder: Path, builder: Path) -> tuple[Path, Path]:
    """(wheel, sdist) of this checkout, built with the hatchling beside `builder`."""
    subprocess.run(
        [builder / "python", "-m", "hatchling", "build", "-d", folder],
        cwd=REPOSITORY, check=True, capture_output=True, env=clean(builder, folder),
    )  # fmt: skip
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


def clean(bin_folder: Path, home: Path, **more: str) -> dict[str, str]:
    """The whole environment of a program in a fresh home: nothing of whoever runs the tests."""
    return {"HOME": str(home), "PATH": f"{bin_folder}:{_SYSTEM_PATH}", **more}


@dataclass(frozen=True)
class Installed:
    """Our program as somebody installed it, in an empty home of its own."""

    bin_folder: Path
    home: Path

    def __call__(self, *arguments: str, stdin: str = "") -> str:
        return run(
            [str(self.bin_folder / "xtream-tui"), *arguments], env=clean(self.bin_folder, self.home), input=stdin
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start and leave running."""
        return subprocess.Popen(
            [str(self.bin_folder / "xtream-tui"), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, cwd="/", env=clean(self.bin_folder, self.home),
        )  # fmt: skip
