"""CVs and pushed jobs over HTTP."""
