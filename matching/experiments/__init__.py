"""Compares ways to order lists on the people who read them: who sees which, what came of it, and what is put into service."""
