"""One thing the doctor looked at: what was found, whether that is well, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from tui_app.text import redact

Verdict = Literal["ok", "note", "problem"]
#: From best to worst.
VERDICTS: Final[tuple[Verdict, ...]] = ("ok", "note", "problem")


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` names the thing in a word or two. A note is worth knowing and hinders nothing; a problem does."""

    check: str
    verdict: Verdict
    message: str
    advice: str = ""

    def document(self) -> dict[str, str]:
        """As in `doctor --json`."""
        return {
            "check": self.check,
            "verdict": self.verdict,
            "message": redact(self.message),
            "advice": redact(self.advice),
        }


def ok(check: str, message: str) -> Finding:
    return Finding(check, "ok", message)


def note(check: str, message: str, advice: str = "") -> Finding:
    return Finding(check, "note", message, advice)


def problem(check: str, message: str, advice: str) -> Finding:
    return Finding(check, "problem", message, advice)


def worst(findings: list[Finding]) -> Verdict:
    """The worst verdict among them; "ok" of none."""
    return max((finding.verdict for finding in findings), key=VERDICTS.index, default="ok")
