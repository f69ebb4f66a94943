"""The pages of channels and titles, and the actions on titles."""
