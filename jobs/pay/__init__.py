"""What a job would pay, estimated from the jobs of this installation that say it; numbers alone, without Django."""

from __future__ import annotations

from jobs.pay.facts import PaidJob, PayFacts
from jobs.pay.model import Estimate, Measured, PayModels

__all__ = ["Estimate", "Measured", "PaidJob", "PayFacts", "PayModels"]
