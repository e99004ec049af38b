"""What a candidate can see, take along and erase of what is kept about them."""
