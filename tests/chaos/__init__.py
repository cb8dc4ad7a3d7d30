"""`make faults`: people go on while processes are killed at random; at the end nothing is missing or there twice."""
