"""One fold for the spellings that keyboards and providers have of one word, in every script that has several."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.text import fold

#: What is written differently and is to be found by any of the ways.
ALIKE = [
    ("الأب", "الاب", "الآب", "الإب", "ٱلاب", "الأَبُ"),
    ("مدرسة", "مدرسه", "مدرسۃ", "مَدْرَسَة", "مدرســـة"),
    ("مستشفى", "مستشفي", "مستشفی", "مستشفے"),
    ("کتاب", "كتاب", "ڪتاب"),
    ("شيء", "شي", "شئ", "شیٔ"),
    ("لؤلؤة", "لولوه", "لؤلؤه"),
    ("گفتگو", "گفتگو"),
    ("ﻣﺪﺭﺳﺔ", "مدرسة"),
    ("film 20", "film ٢٠", "film ۲۰", "film ２０", "film २०", "film ๒๐", "film 𝟐𝟎"),
    ("ゴジラ", "ｺﾞｼﾞﾗ", "ごじら"),
    ("ウルトラマン", "うるとらまん", "ｳﾙﾄﾗﾏﾝ"),
    ("Ｆｏｏ ｂａｒ", "foo bar"),
    ("ΟΔΥΣΣΕΥΣ", "οδυσσευς", "Οδυσσεύς"),
    ("Işık", "isik", "IŞIK", "ışık"),
    ("İstanbul", "istanbul"),
    ("Ёлки", "елки", "ёлки"),
    ("שלום", "שלומ"),
    ("ג׳ירפה", "ג'ירפה", "גירפה"),
    ("Hawaiʻi", "hawaii", "Hawai‘i"),
]
DIFFERENT = [("پدر", "بدر"), ("چای", "جای"), ("گل", "كل"), ("ハ", "ヘ"), ("Яна", "Ана"), ("دار", "ذار"), ("طب", "تب")]


@pytest.mark.parametrize("spellings", ALIKE, ids=lambda spellings: spellings[0])
def test_spellings_of_one_word_fold_alike(spellings: tuple[str, ...]) -> None:
    assert {fold(spelling) for spelling in spellings} == {fold(spellings[0])}
    assert fold(spellings[0])


@pytest.mark.parametrize("words", DIFFERENT, ids=lambda words: words[0])
def test_letters_of_other_sounds_stay_apart(words: tuple[str, str]) -> None:
    assert fold(words[0]) != fold(words[1])


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.characters(categories=["Nd"]))
def test_a_digit_of_any_script_is_its_number(digit: str) -> None:
    assert fold(digit) == str(unicodedata.decimal(digit))
