"""Incremental search: query words, spelling correction, matching, ranking, highlighting.

Imports nothing, because rapidfuzz is not needed for the first list. Start with `engine.Search`.
"""
