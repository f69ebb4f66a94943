"""The exit codes and what they mean, in words: for the man page, the README and the handbook."""

from __future__ import annotations

from typing import Final

#: Code → meaning. A command ends with one of these and no other.
EXIT_CODES: Final = {
    0: "done",
    1: "failed; also: what answers there is not such a panel",
    2: "wrong usage",
    3: "partial: some parts are done, the reason for the others is in the report",
    4: "login refused or denied",
    5: "busy: another sync holds the profile",
    6: "unreachable or overloaded",
    130: "cancelled",
}
