"""Services behind the screens: the app's state, sync processes, the scheduler, maintenance and the network."""
