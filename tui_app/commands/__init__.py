"""The command palette: every action of the screen, every place, every profile."""
