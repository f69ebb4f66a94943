"""The dialogs: modal screens that are dismissed with their answer; Escape answers None."""
