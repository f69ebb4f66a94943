"""The browsing screens: channels, movies and series."""
