"""What every chat platform of the network does in the same manner."""
