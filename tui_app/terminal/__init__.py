"""The terminal: capabilities, output driver, clipboard, notifications, hang-up and suspending."""
