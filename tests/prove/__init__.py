"""The long proofs: `python -m tests.prove`. They kill real processes, and live through weeks of bad mornings."""
