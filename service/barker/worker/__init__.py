"""The processes that run jobs: claim, run, tell, and find again what a dead worker held."""
