"""Measurements, each with the ideal figure beside it in the same run. Never part of the tests."""
