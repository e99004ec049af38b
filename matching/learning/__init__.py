"""Learns from what recruiters choose how to order the candidates of their organisation's jobs; scores stay as they are."""
