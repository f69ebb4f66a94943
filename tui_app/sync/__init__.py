"""The sync engine: fetches a panel's lists and writes what differs. Runs without Textual, in a process of its own."""
