"""SQLite storage: one library database per profile, one user database. The only package that executes SQL.

- `library_store.LibraryStore`: the interface to a library; `user.user_store.UserStore`: to the user database
- `migrations/`, `models`, `schema`: create and describe tables; `database`, `connection`: open files
- `items/`: columns of items; `lists/`: lists and pages; `search/`: full-text search; `epg/`: programmes
- `write/`: what a sync writes; `id_remap/`: ids that a panel changed
- `maintenance/`: checks, sizes, compaction
"""
