"""The screens: each handles the messages of its widgets, queries the library and fills the widgets."""
