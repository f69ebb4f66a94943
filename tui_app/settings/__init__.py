"""Settings, profiles and passwords. Importing this loads neither the keyring nor a TOML writer."""

from __future__ import annotations

from tui_app.settings.documents import change_app_settings, load_app_settings, unknown_app_settings
from tui_app.settings.profiles import ProfileStore
from tui_app.settings.schema import (
    DEFAULT_USER_AGENT,
    INTERVAL_CHOICES_HOURS,
    AppSettings,
    GuideMode,
    KnownAccount,
    PasswordSource,
    Profile,
    SyncSettings,
)
from tui_app.settings.secrets import PasswordStore
from tui_app.settings.validation import (
    validate_app_settings,
    validate_name,
    validate_new_profile,
    validate_profile,
    validate_sync_settings,
)

__all__ = [
    "DEFAULT_USER_AGENT",
    "INTERVAL_CHOICES_HOURS",
    "AppSettings",
    "GuideMode",
    "KnownAccount",
    "PasswordSource",
    "PasswordStore",
    "Profile",
    "ProfileStore",
    "SyncSettings",
    "change_app_settings",
    "load_app_settings",
    "unknown_app_settings",
    "validate_app_settings",
    "validate_name",
    "validate_new_profile",
    "validate_profile",
    "validate_sync_settings",
]
