"""Wiring, and the resident bot: everything below meets here."""
