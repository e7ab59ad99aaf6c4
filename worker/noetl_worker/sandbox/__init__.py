"""User code runs in child processes: what it breaks is its own."""
