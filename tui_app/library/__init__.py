"""The async door between the screens and SQL: one profile's library, asked in threads, answered with catalogue values.

`Library` answers for lists, items and search; its parts for what belongs to the user: `marks`, `changes`, `remembered`,
`watching`, `favourites`; `undo` takes back what was done in them.
"""

from tui_app.library.exporting import ENDINGS
from tui_app.library.favourites import FavouriteView, FolderCount
from tui_app.library.library import FIRST_ROWS, SEARCH_ALL, SEARCH_FIRST, Library
from tui_app.library.marks import UndoHistory
from tui_app.library.threads import LibraryClosed
from tui_app.library.views import ChangeView, View

__all__ = [
    "ENDINGS",
    "FIRST_ROWS",
    "SEARCH_ALL",
    "SEARCH_FIRST",
    "ChangeView",
    "FavouriteView",
    "FolderCount",
    "Library",
    "LibraryClosed",
    "UndoHistory",
    "View",
]
