"""The service beside its limits and its peers, in one run: `make benchmarks`."""
