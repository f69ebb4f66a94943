"""SQLite: one library file a profile, one file for what the user made. The only room with SQL.

Doors: `library_store.LibraryStore`, `marks.UserStore`, `upkeep.clear_content_cache`. Inside, from the ground up:
`migrations/` make the tables, `models` and `schema` describe them, `database` opens files; `values`, `loading`,
`applying`, `details` write; `views`, `reads`, `vocabulary`, `ranking`, `search` answer; `soundness`, `compacting`,
`space`, `disk_use`, `rescue` look after the files.
"""
