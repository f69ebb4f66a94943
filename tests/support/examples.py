"""How many examples a property test tries: a few by default, twenty times as many with `--hypothesis-profile=thorough`.

The last lines of a run tell how many were tried (`tests/support/counts.py`).
"""

from __future__ import annotations

from typing import Final

from hypothesis import HealthCheck, settings

_USUAL: Final = 100
_CALM: Final = [HealthCheck.too_slow, HealthCheck.data_too_large]  # machines are busy; that is no finding

settings.register_profile("quick", max_examples=_USUAL, deadline=None, suppress_health_check=_CALM)
settings.register_profile("thorough", max_examples=20 * _USUAL, deadline=None, suppress_health_check=_CALM)
if settings.get_current_profile_name() in ("default", "ci"):
    settings.load_profile("quick")


def examples(number: int) -> settings:
    """Settings for `number` examples, more in a thorough run."""
    return settings(max_examples=number * settings().max_examples // _USUAL)
