"""The drawers: one file more, and nothing else to edit."""
