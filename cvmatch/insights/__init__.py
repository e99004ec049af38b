"""Market insights: counted once a day by a stage, read by a page and the API."""
