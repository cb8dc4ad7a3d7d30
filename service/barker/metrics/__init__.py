"""What is counted, where several processes put it, and the page that Prometheus reads."""
