"""The table of jobs, one job, and the searches that people keep: pages that join postings with their candidates."""
