"""The rules of the office, pure: standard library only, no input or output, and today is a parameter."""
