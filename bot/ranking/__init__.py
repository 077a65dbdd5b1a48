"""The pure core: what a paper is worth to a channel, why, and whether learning helps."""
