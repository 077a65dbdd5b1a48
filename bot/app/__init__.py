"""Wire everything below together, and run it."""
