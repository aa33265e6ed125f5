"""What is worth telling: drop-offs and leaks, what moved, where it lies, what it costs."""
