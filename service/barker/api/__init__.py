"""The only room that knows Flask: one noun a file, and what every route needs."""
