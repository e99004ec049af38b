"""A labelled set of hostile and honest CVs, made on the spot, and the measure of what is found in it."""
