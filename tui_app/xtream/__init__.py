"""The one room that speaks to panels: their HTTP, their JSON, their habits.

Import from its modules (`tui_app.xtream.client`, `.rows`, `.urls`, …): this door stays empty, so that building a
stream address does not load an HTTP library.
"""
