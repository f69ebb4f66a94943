"""The size of the program and of its files, printed at the end of a run; what is too large is named."""

from __future__ import annotations

import ast
import io
import statistics
import tokenize
from collections.abc import Callable
from pathlib import Path
from typing import Final

import tui_app

PACKAGE: Final = Path(tui_app.__file__).parent
#: Raise them only for what a new feature needs; the aim is 330 files.
MOST_FILES: Final = 381
MOST_AT_THE_TOP: Final = 14
LONGEST_FILE: Final = 400
#: A function that takes some steps in a fixed order may be longer than the 20 lines that are usual.
LONGEST_FUNCTION: Final = 50
_NO_CODE: Final = frozenset({
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
})  # fmt: skip
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


def files() -> dict[str, str]:
    """Return the path below the package → the text of each Python file."""
    return {str(path.relative_to(PACKAGE)): path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}


def code_lines(text: str) -> int:
    """Count the lines with code: neither blank nor only comment or docstring."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, *_FUNCTIONS)) and ast.get_docstring(node, clean=False):
            docstring = node.body[0]
            lines.difference_update(range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1))
    return len(lines)


def test_blank_lines_comments_and_docstrings_are_no_code() -> None:
    assert code_lines('"""What it is for.\n\nMore."""\n\n# why\nx = (\n    1,\n)\n') == 3


def test_the_number_of_files_and_code_lines_is_known(measured: Callable[[str], None]) -> None:
    sizes = [code_lines(text) for text in files().values()]
    measured(
        f"tui_app: {len(sizes)} Python files, {sum(sizes):,} code lines, {statistics.median(sizes):g} in the median"
    )
    assert len(sizes) <= MOST_FILES


def test_few_modules_stand_directly_in_the_package() -> None:
    modules = [name for name in files() if "/" not in name and not name.startswith("__")]
    assert len(modules) <= MOST_AT_THE_TOP, modules


def test_no_file_is_too_long_to_read() -> None:
    lengths = {name: text.count("\n") for name, text in files().items()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_too_long_to_read() -> None:
    long = [
        f"{name}:{node.lineno}: {node.name}, {(node.end_lineno or 0) - node.body[0].lineno + 1} lines"
        for name, text in files().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, _FUNCTIONS) and (node.end_lineno or 0) - node.body[0].lineno >= LONGEST_FUNCTION
    ]
    assert long == []
