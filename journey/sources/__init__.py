"""Where data come from: sources of the settings, run one by one, and tried beforehand."""
