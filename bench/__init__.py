"""Figures about speed, size and quality; each module measures one thing and can be run alone."""
