"""The screens: each hears its widgets, asks the library, and gives the widgets their answers."""
