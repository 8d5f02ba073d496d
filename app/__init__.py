"""The faces of the engine: the command line, and the jobs and processes behind it."""
