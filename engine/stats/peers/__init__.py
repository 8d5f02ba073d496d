"""Metrics of daily returns as other libraries define them, written from their sources."""
