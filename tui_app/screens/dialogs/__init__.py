"""Questions in front of a screen. Each is a modal screen that is dismissed with its answer; Escape answers None."""
