"""The commands, one module or package each, named like the command. `cli.main` imports them by name."""
