"""Asynchronous access to one profile's library: SQL runs in threads, answers are catalogue values.

`Library` answers for lists, items and search. Its attributes handle what belongs to the user: `marks`, `changes`,
`remembered`, `watching`, `favourites` and `home`; `undo` reverts the user's last actions.
"""

from tui_app.library.favourites import FavouriteItems, FolderCount
from tui_app.library.finding import KindMarks
from tui_app.library.home import HomeLists, NewItems
from tui_app.library.library import ENDINGS, FIRST_ROWS, SEARCH_ALL, SEARCH_FIRST, Library
from tui_app.library.marks import UndoHistory
from tui_app.library.threads import LibraryClosed
from tui_app.library.views import ChangeList, ItemList
from tui_app.library.watching import resumable

__all__ = [
    "ENDINGS",
    "FIRST_ROWS",
    "SEARCH_ALL",
    "SEARCH_FIRST",
    "ChangeList",
    "FavouriteItems",
    "FolderCount",
    "HomeLists",
    "ItemList",
    "KindMarks",
    "Library",
    "LibraryClosed",
    "NewItems",
    "UndoHistory",
    "resumable",
]
