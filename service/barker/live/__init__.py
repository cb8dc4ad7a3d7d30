"""What is told to an open screen at once."""
