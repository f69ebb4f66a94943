"""Access to Xtream Codes panels: HTTP, JSON and URLs.

Import from the submodules (`tui_app.xtream.client`, `.rows`, `.urls`, …). This file imports nothing, so that building a
stream URL does not load an HTTP library.
"""
