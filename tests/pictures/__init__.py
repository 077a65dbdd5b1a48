"""Pictures of a morning for the documentation: `python -m tests.pictures`."""
