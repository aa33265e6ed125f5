"""The core of the customer journey dashboard."""
