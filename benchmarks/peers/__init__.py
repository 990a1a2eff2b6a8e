"""What others would have written for the same plan, to be compared with."""
