"""What all servers that speak OpenAI's API have in common: HTTP, refusals, pace, and a memory of each."""
