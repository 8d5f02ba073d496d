"""What daily returns, signals and searches amount to."""
