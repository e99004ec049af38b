"""Pages of a recruiter's work on the candidates of a job: the list, deciding, comparing, the shortlist, export."""
