"""Trains what cvmatch ships as weights; nothing here runs in the product."""
