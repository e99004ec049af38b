"""What benchmarks/load.py is made of: the system it starts, the count of what became of the work, and the report."""
