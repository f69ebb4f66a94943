"""The result of one check: what was found, whether it is a problem, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui_app.cli import documents
from tui_app.text import redact

if TYPE_CHECKING:
    from tui_app.cli.documents.files import Finding, Verdict

#: From best to worst.
VERDICTS: Final[tuple[Verdict, ...]] = ("ok", "note", "problem")


def ok(check: str, message: str) -> Finding:
    return _finding(check, "ok", message)


def note(check: str, message: str, advice: str = "") -> Finding:
    return _finding(check, "note", message, advice)


def problem(check: str, message: str, advice: str) -> Finding:
    return _finding(check, "problem", message, advice)


def _finding(check: str, verdict: Verdict, message: str, advice: str = "") -> Finding:
    return documents.files.Finding(check, verdict, redact(message), redact(advice))


def worst(findings: list[Finding]) -> Verdict:
    """Return the worst verdict of all; "ok" when there are none."""
    return max((finding.verdict for finding in findings), key=VERDICTS.index, default="ok")
