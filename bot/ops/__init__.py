"""Look after a running bot."""
