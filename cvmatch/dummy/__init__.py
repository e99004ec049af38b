"""Dummy data in any number, for load tests and demos: some hundred fictional originals, read as in production, and copies."""
