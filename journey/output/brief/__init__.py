"""The Monday brief: what a head of e-commerce reads in a minute, and how it arrives."""
