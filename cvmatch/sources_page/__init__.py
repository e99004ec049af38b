"""The operations pages of job sources: connect one, try it, run it, pause it, watch it."""
