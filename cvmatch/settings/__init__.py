"""Settings: ``base`` for everything that runs, ``test`` for the test suite."""
