"""Backups of the database: make them, list them, restore one, and keep forgotten people forgotten."""
