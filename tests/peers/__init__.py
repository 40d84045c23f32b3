"""Other people's servers on the same data, for `make bench`."""
