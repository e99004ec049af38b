"""Asks other servers within their limits and within ours: attempts, budgets, breakers, bounds and only public addresses."""

from __future__ import annotations

from cvmatch.core.http.client import HttpFetch

__all__ = ["HttpFetch"]
