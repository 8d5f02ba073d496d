"""Expressions to arrays: a shared plan for a batch, run by threads."""
