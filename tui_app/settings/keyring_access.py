"""Access the system keyring in a thread: a keyring may hang, ask for a password, or not exist.

Backends are plug-ins that may raise anything; every exception becomes a `SecretError` without its text.
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
#: Backends of lower priority store nothing, or store it unencrypted.
_LEAST_PRIORITY: Final = 1
_NO_KEYRING_HINT: Final = "Store the password in a file or use a password command instead."

Answer = TypeVar("Answer")


def works(time_out_s: float = TIME_OUT_S) -> bool:
    """Return whether a real keyring answers. May show the desktop's dialog to unlock it."""
    try:
        return _call(_probe, time_out_s)
    except SecretError:
        return False


def read(name: str, time_out_s: float = TIME_OUT_S) -> str | None:
    """Return the password stored under `name`, None if there is none. Raises `SecretError`, like all below."""
    return _call(lambda: _backend().get_password(SERVICE, name), time_out_s)


def store(name: str, password: str, time_out_s: float = TIME_OUT_S) -> None:
    """Store `password` under `name` and read it back, because some backends lose it silently."""
    if not _call(lambda: _stored(name, password), time_out_s):
        raise SecretError("The system keyring did not store the password.", hint=_NO_KEYRING_HINT)


def forget(name: str, time_out_s: float = TIME_OUT_S) -> None:
    """Remove the password stored under `name`, if there is one."""
    _call(lambda: _forgotten(name), time_out_s)


# ------------------------------------------------------------------------- runs in the thread of the keyring
def _backend() -> KeyringBackend:
    import keyring  # noqa: PLC0415 - it looks for plug-ins and connects to the desktop

    return keyring.get_keyring()


def _is_real(backend: KeyringBackend) -> bool:
    from keyring.backends import chainer, fail, null  # noqa: PLC0415 - it looks for plug-ins and connects to the desktop

    if isinstance(backend, fail.Keyring | null.Keyring):
        return False
    if isinstance(backend, chainer.ChainerBackend):
        return any(_is_real(inner) for inner in backend.backends)
    return bool(backend.priority >= _LEAST_PRIORITY)


def _probe() -> bool:
    backend = _backend()
    if not _is_real(backend):
        return False
    backend.get_password(SERVICE, "probe")
    return True


def _stored(name: str, password: str) -> bool:
    backend = _backend()
    backend.set_password(SERVICE, name, password)
    return backend.get_password(SERVICE, name) == password


def _forgotten(name: str) -> None:
    backend = _backend()
    if backend.get_password(SERVICE, name) is not None:
        backend.delete_password(SERVICE, name)


# ------------------------------------------------------------------------------------------- waiting with a time-out
class _Outcome(Generic[Answer]):
    """What a call in another thread returned or raised."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.error = ""

    def __enter__(self) -> _Outcome[Answer]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = kind.__name__ if kind else ""  # not the text: it may contain the secret
        return isinstance(error, Exception)


def _call(call: Callable[[], Answer], time_out_s: float) -> Answer:
    outcome: _Outcome[Answer] = _Outcome()

    def run() -> None:
        with outcome:
            outcome.answers.append(call())

    thread = threading.Thread(target=run, name="keyring", daemon=True)  # daemon: a hanging keyring must not block exit
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
