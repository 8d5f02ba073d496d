"""A folder of curated files in the Hive layout, checked and joined into one panel."""
