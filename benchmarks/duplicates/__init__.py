"""Makes duplicates of postings, and postings that only look like duplicates, and measures whether they are told apart."""
