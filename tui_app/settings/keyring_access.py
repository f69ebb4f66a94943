"""The system keyring, asked in a thread of its own: a keyring may hang, ask for a password or not be there at all.

Backends are plug-ins that may raise anything, so whatever comes out of one becomes a `SecretError` without its text.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from tui_app.errors import SecretError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE: Final = "xtream-tui"
TIME_OUT_S: Final = 3.0
#: Backends below this store nothing, or store it in the open.
_LEAST_PRIORITY: Final = 1
_NO_KEYRING_HINT: Final = "Keep the password in a file or use a password command instead."

Answer = TypeVar("Answer")


def works(time_out_s: float = TIME_OUT_S) -> bool:
    """Whether there is a real keyring and it answers. May show the desktop's own dialog to unlock it."""
    try:
        return _asked(_answers, time_out_s)
    except SecretError:
        return False


def read(name: str, time_out_s: float = TIME_OUT_S) -> str | None:
    """The password kept under `name`, None when there is none. Raises `SecretError`, as all below."""
    return _asked(lambda: _backend().get_password(SERVICE, name), time_out_s)


def store(name: str, password: str, time_out_s: float = TIME_OUT_S) -> None:
    """Keep `password` under `name`; read back, because some backends forget silently."""
    if not _asked(lambda: _stored(name, password), time_out_s):
        raise SecretError("The system keyring did not keep the password.", hint=_NO_KEYRING_HINT)


def forget(name: str, time_out_s: float = TIME_OUT_S) -> None:
    """Remove the password kept under `name`, if there is one."""
    _asked(lambda: _forgotten(name), time_out_s)


# ------------------------------------------------------------------------- what runs in the keyring's own thread
def _backend() -> KeyringBackend:
    import keyring  # imported late and here: it looks for plug-ins and speaks to the desktop

    return keyring.get_keyring()


def _is_real(backend: KeyringBackend) -> bool:
    from keyring.backends import chainer, fail, null

    if isinstance(backend, fail.Keyring | null.Keyring):
        return False
    if isinstance(backend, chainer.ChainerBackend):
        return any(_is_real(inner) for inner in backend.backends)
    return bool(backend.priority >= _LEAST_PRIORITY)


def _answers() -> bool:
    backend = _backend()
    if not _is_real(backend):
        return False
    backend.get_password(SERVICE, "is anybody there?")
    return True


def _stored(name: str, password: str) -> bool:
    backend = _backend()
    backend.set_password(SERVICE, name, password)
    return backend.get_password(SERVICE, name) == password


def _forgotten(name: str) -> None:
    backend = _backend()
    if backend.get_password(SERVICE, name) is not None:
        backend.delete_password(SERVICE, name)


# ------------------------------------------------------------------------------------------- waiting, not for ever
class _Outcome(Generic[Answer]):
    """Carries what a call returned or raised from the thread it ran in to the one that waits."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.error = ""

    def __enter__(self) -> _Outcome[Answer]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = kind.__name__ if kind else ""  # the name alone: the text may quote what was stored
        return isinstance(error, Exception)


def _asked(question: Callable[[], Answer], time_out_s: float) -> Answer:
    outcome: _Outcome[Answer] = _Outcome()

    def ask() -> None:
        with outcome:
            outcome.answers.append(question())

    thread = threading.Thread(target=ask, name="keyring", daemon=True)  # daemon: a keyring that hangs must not hold us
    thread.start()
    thread.join(time_out_s)
    if outcome.answers:
        return outcome.answers[0]
    if thread.is_alive():
        raise SecretError(
            f"The system keyring did not answer within {time_out_s:g} seconds.",
            hint="If it asks to be unlocked, do so and try again. " + _NO_KEYRING_HINT,
        )
    raise SecretError(f"The system keyring can't be used ({outcome.error}).", hint=_NO_KEYRING_HINT)
