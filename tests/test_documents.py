"""The documents agree with the program: what is made from the code is up to date."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.documents import HOW, ROOT, documents, made


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_made_parts_are_as_the_code_would_make_them(document: Path) -> None:
    text = document.read_text()
    assert text == made(text), f"{document.relative_to(ROOT)} is behind the code; {HOW}"
    assert text.count("<!-- made: ") == text.count("<!-- /made -->") == len(re.findall(r"<!-- made: [a-z-]+ -->", text))
