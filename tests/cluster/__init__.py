"""The queues on a Redis Cluster."""
