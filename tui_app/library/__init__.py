"""The async door between the screens and SQL: one profile's library, asked in threads, answered with catalogue values.

`Library` answers for lists, items and search; its parts for what belongs to the user: `marks`, `changes`, `remembered`,
`watching`.
"""

from tui_app.library.library import FIRST_ROWS, SEARCH_ALL, SEARCH_FIRST, Library
from tui_app.library.threads import LibraryClosed
from tui_app.library.views import ChangeView, View

__all__ = ["FIRST_ROWS", "SEARCH_ALL", "SEARCH_FIRST", "ChangeView", "Library", "LibraryClosed", "View"]
