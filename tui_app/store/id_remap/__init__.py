"""Follow ids that a panel changed: of items, categories and episodes."""
