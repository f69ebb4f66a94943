"""Widgets: they show values and post messages about what the user did. Import each from its own module.

They use no database, network or settings. Text from providers is shown literally, never as markup.
"""
