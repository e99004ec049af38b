"""Small collections of our own to measure rankers on, and what writes them."""
