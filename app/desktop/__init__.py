"""The desktop around the page: the window, its place, and the other programs of the user."""
