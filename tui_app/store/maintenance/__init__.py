"""Maintenance of database files: checks, sizes, compaction, freeing space."""
