"""Recall and speed of the vector search, with and without filters, on synthetic vectors."""
