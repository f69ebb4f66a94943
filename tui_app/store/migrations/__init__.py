"""Migrations of the library and user databases.

The models are the only definition of tables and indexes: a new file is made of them and has the newest version. To
change a schema, change the model and append a step; `models_suffice` if nothing else has to be done.

Models change later, and a step must mean then what it means today. Hence:
- A step changes data, or drops what has another shape now. It names tables and columns of its time as text and, for
  values, has functions of its own; what it drops or changes exists in every file of the version before.
- It may ask for today's form of a table or column that it fills (`create_missing`, `add_missing`). Both do nothing if
  the file has it, so an earlier step may already have created what a later step asks for.
- Indexes are created behind the last step, when every column exists. A step drops an index that has other columns now.
- A column that is added has a default in the database, which existing rows get.
A file of each version is kept under `tests/store/old`: with all rows, each must become a file like a new one.
"""

from __future__ import annotations

from sqlite3 import Connection

from tui_app.store.migrations import library
from tui_app.store.migrations.runner import Family, backup_share, latest, migrate
from tui_app.store.models import EPG_MODELS, MODELS
from tui_app.store.search_models import SEARCH_MODELS
from tui_app.store.sync_models import SYNC_MODELS
from tui_app.store.user_models import USER_MODELS

__all__ = ["LIBRARY", "USER", "Family", "backup_share", "latest", "migrate"]


def models_suffice(connection: Connection) -> None:
    """Do nothing: what the version adds is created behind the last step, as the models say."""


LIBRARY = Family(
    "library",
    (*MODELS, *EPG_MODELS, *SYNC_MODELS, *SEARCH_MODELS),
    (
        models_suffice,  # 2: summaries of syncs, validators of lists
        models_suffice,  # 3: ids that a panel re-issued
        library.replace_guide,
        library.add_former_episodes,
        library.add_sort_keys,
        library.add_spellings,
        models_suffice,  # 8: countries of titles
        models_suffice,  # 9: backdrops of titles
        library.index_tags,
        library.add_title_keys,
    ),
    library.finish,
)
USER = Family(
    "user",
    USER_MODELS,
    (
        models_suffice,  # 2: seen changes
        models_suffice,  # 3: saved filters
        models_suffice,  # 4: folders and the order of favourites
        models_suffice,  # 5: what was played
        models_suffice,  # 6: reminders of programmes
        models_suffice,  # 7: times of edits
    ),
)
