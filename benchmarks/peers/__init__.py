"""What the service is measured beside: its limits, and what people would use instead, set up by us."""
