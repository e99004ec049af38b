"""Other parsers, each run by a script in an environment of its own, with its answer put into JSON Resume as well as it can be."""
