"""Template tags about where postings come from."""
