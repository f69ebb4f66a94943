"""The Textual app: composition, global actions, key settings, command palette and ordered input."""
