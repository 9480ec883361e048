"""A second, independent reading of the contract, used to check `dry-run` line by line."""
