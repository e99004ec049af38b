"""Our own labelled pairs of CVs and jobs: what weights are looked at with, and what the score is calibrated on."""
