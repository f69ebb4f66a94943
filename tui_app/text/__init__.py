"""Clean, compare, measure and redact text from panels."""

from __future__ import annotations

from tui_app.text.clean import cell_width, clean_line, clean_paragraphs, decode_entities, fit, strip_controls, visible
from tui_app.text.fold import fold, fold_letters, key_beginnings, sort_key
from tui_app.text.redact import Redactor, redact, redact_message, redactor
from tui_app.text.spelled import FORMS_APART, numbers_of, other_spellings, spelled, without_numbers
from tui_app.text.title import (
    TitleCore,
    TitleParts,
    category_is_adult,
    is_separator,
    plausible_year,
    split_ending,
    split_title,
    title_core,
    without_lead,
)

__all__ = [
    "FORMS_APART",
    "Redactor",
    "TitleCore",
    "TitleParts",
    "category_is_adult",
    "cell_width",
    "clean_line",
    "clean_paragraphs",
    "decode_entities",
    "fit",
    "fold",
    "fold_letters",
    "is_separator",
    "key_beginnings",
    "numbers_of",
    "other_spellings",
    "plausible_year",
    "redact",
    "redact_message",
    "redactor",
    "sort_key",
    "spelled",
    "split_ending",
    "split_title",
    "strip_controls",
    "title_core",
    "visible",
    "without_lead",
    "without_numbers",
]
