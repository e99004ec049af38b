"""Alerts: who subscribes to what, what is new to them, and how they are told of it once."""
