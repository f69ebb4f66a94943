"""What all processes of this user know of one host: when it may be asked again, its failures, who fetches a list.

Two small files a host in the cache folder, named by a hash, because the name of a host tells of the subscription. The
operating system's file locks guard them, so a killed process leaves nothing blocked. Where the folder can't be written
the same is kept in this process alone. Decides nothing and never fails.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Final

from tui_app.file_access import make_private_folder
from tui_app.locks import take

_FOLDER: Final = "hosts"
#: Bytes of a state file; always all of them, so that one write replaces the old state.
_STATE_SIZE: Final = 256


@dataclass(slots=True)
class HostState:
    """`next_call` and `next_background` are of the system's monotonic clock, `probe_at` is epoch seconds."""

    next_call: float = 0.0
    next_background: float = 0.0  # the same for calls that nobody waits for
    failures: int = 0  # in a row
    probe_at: float = 0.0  # background work rests until then; 0: it does not


@dataclass(slots=True)
class _Memory:
    """The same within one process."""

    state: HostState = field(default_factory=HostState)
    is_fetching: bool = False


_SHARED: Final[dict[Path, _Memory]] = {}


class HostLedger:
    """The files of one host (`host:port`) under `folder`; None keeps everything in this object."""

    def __init__(self, folder: Path | None, host: str) -> None:
        name = blake2b(host.casefold().encode("utf-8", "replace"), digest_size=12).hexdigest()
        self._path = None if folder is None else folder / _FOLDER / name
        self._memory = _Memory() if self._path is None else _SHARED.setdefault(self._path, _Memory())

    @contextmanager
    def turn(self) -> Iterator[HostState | None]:
        """The state, to be read and changed while nobody else does; None when another holds it this very moment."""
        try:
            descriptor = self._take("state")
        except OSError:
            yield self._memory.state
            return
        if descriptor is None:
            yield None
            return
        try:
            before = _parsed(os.pread(descriptor, _STATE_SIZE, 0))
            state = replace(before)
            yield state
            if state != before:
                self._write(descriptor, state)
        finally:
            os.close(descriptor)

    def take_list_lane(self) -> Callable[[], None] | None:
        """What gives the lane back; None while somebody else, here or in another process, fetches a list."""
        try:
            descriptor = self._take("list")
        except OSError:
            return self._take_in_memory()
        return None if descriptor is None else partial(os.close, descriptor)  # closing releases the lock

    def _take_in_memory(self) -> Callable[[], None] | None:
        if self._memory.is_fetching:
            return None
        self._memory.is_fetching = True

        def give_back() -> None:
            self._memory.is_fetching = False

        return give_back

    def _take(self, what: str) -> int | None:
        """A locked file, None when another holds it. Raises OSError where there can be no file."""
        if self._path is None:
            raise OSError
        make_private_folder(self._path.parent)
        return take(self._path.with_suffix(f".{what}"))

    def _write(self, descriptor: int, state: HostState) -> None:
        try:
            os.pwrite(descriptor, json.dumps(asdict(state)).encode().ljust(_STATE_SIZE), 0)
        except OSError:  # a full disk: from now on this process keeps it to itself
            self._memory.state, self._path = state, None


def _parsed(said: bytes) -> HostState:
    """The state in a file; a new one for anything that is none."""
    try:
        raw = json.loads(said)
        return HostState(
            float(raw["next_call"]), float(raw["next_background"]), int(raw["failures"]), float(raw["probe_at"])
        )
    except (ValueError, KeyError, TypeError, OverflowError):
        return HostState()
