"""The command `bark`."""
