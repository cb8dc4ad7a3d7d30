"""The door to the push services of browsers: which addresses are safe, and how a push is sealed and sent there."""
