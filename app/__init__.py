"""The service that carries a provincial plan out. CONTRIBUTING.md shows its rooms."""
