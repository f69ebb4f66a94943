"""The Favourites screen."""
