"""What the program exists for, timed against the usual tools in one run: `python -m bench`."""
