"""Encrypt the passwords of a backup with a passphrase (scrypt, AES-GCM).

The cipher is from `cryptography`, an optional package; without it, backups contain no passwords.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

from tui_app.errors import LibraryError, SecretError, UsageError

SHORTEST_PASSPHRASE: Final = 8
_LIBRARY: Final = "cryptography"
_WORK: Final = 2**15  # scrypt's n: 32 MB and a tenth of a second
_MOST_WORK: Final = 2**17  # the most a file may request: 128 MB
_SALT: Final = 16  # bytes
_NONCE: Final = 12
_BLOCK: Final = 8
_PURPOSE: Final = b"xtream-tui backup 1"


def can_encrypt() -> bool:
    """Return whether the package for encryption is installed."""
    return find_spec(_LIBRARY) is not None


def require_encryption() -> None:
    """Raise `UsageError` saying what to install, when the package is missing."""
    if not can_encrypt():
        raise UsageError(
            "A backup contains passwords in encrypted form only, and the package for encryption is not installed.",
            hint="Install it (pip install 'xtream-tui[backup]'), or omit the passwords.",
        )


@dataclass(frozen=True, slots=True)
class EncryptedSecrets:
    """Encrypted passwords, with the parameters to decrypt them."""

    salt: bytes
    nonce: bytes
    data: bytes
    work: int = _WORK

    @classmethod
    def encrypt(cls, passwords: Mapping[str, str], passphrase: str) -> EncryptedSecrets:
        """Encrypt profile → password. Raises `UsageError` for a short passphrase or without the package."""
        require_encryption()
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - an optional package

        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise UsageError(f"A passphrase needs at least {SHORTEST_PASSPHRASE} characters.")
        salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
        plain = json.dumps(dict(passwords)).encode()
        data = AESGCM(_key(passphrase, salt, _WORK)).encrypt(nonce, plain, _PURPOSE)
        return cls(salt, nonce, data)

    def decrypt(self, passphrase: str) -> dict[str, str]:
        """Return profile → password.

        Raises `SecretError` for a wrong passphrase, `UsageError` without the package.
        """
        require_encryption()
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - an optional package
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - an optional package

        try:
            plain = AESGCM(_key(passphrase, self.salt, self.work)).decrypt(self.nonce, self.data, _PURPOSE)
        except InvalidTag:
            raise SecretError(
                "The passphrase is wrong for the passwords of this backup.",
                hint="Try again, or restore without passwords: --without-secrets",
            ) from None
        return _passwords_from(plain)

    def document(self) -> dict[str, Any]:
        """Return the JSON form for the manifest."""
        parts = {"salt": self.salt, "nonce": self.nonce, "data": self.data}
        return {"work": self.work, **{name: b64encode(part).decode() for name, part in parts.items()}}

    @classmethod
    def from_document(cls, document: object) -> EncryptedSecrets:
        """Parse the JSON form. Raises `LibraryError` for an invalid one, or one that takes too long to decrypt."""
        try:
            if not isinstance(document, dict):
                raise TypeError
            salt, nonce, data = (b64decode(document[name], validate=True) for name in ("salt", "nonce", "data"))
            work = document["work"]
            is_ours = len(salt) == _SALT and len(nonce) == _NONCE and type(work) is int and _is_work(work)
        except (KeyError, TypeError, ValueError):
            is_ours = False
        if not is_ours:
            raise _damaged()
        return cls(salt, nonce, data, work)


def _is_work(work: int) -> bool:
    return 2 <= work <= _MOST_WORK and work & (work - 1) == 0


def _damaged() -> LibraryError:
    return LibraryError(
        "The passwords of this backup are damaged.", hint="Restore without passwords: --without-secrets"
    )


def _passwords_from(plain: bytes) -> dict[str, str]:
    """Return profile → password. Raises `LibraryError`: who knows the passphrase may have encrypted anything."""
    try:
        found = json.loads(plain)
    except (ValueError, RecursionError):
        raise _damaged() from None
    if not isinstance(found, dict) or not all(isinstance(password, str) for password in found.values()):
        raise _damaged()
    return found


def _key(passphrase: str, salt: bytes, work: int) -> bytes:
    memory = 128 * work * _BLOCK + 2**20
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=work, r=_BLOCK, p=1, maxmem=memory, dklen=32)
