"""How fast it is, in ratios within one run."""
