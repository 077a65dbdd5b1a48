"""What happens when something happens: one module per trigger, blind to platforms."""
