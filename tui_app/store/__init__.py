"""SQLite: one library file a profile, one file for what the user made. The only room with SQL."""
