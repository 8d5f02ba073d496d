"""Questions asked of one strategy or of a few: how robust, why that day, what together."""
