"""batond and batonctl on a real kernel, in network namespaces: run inside tests/lab/enter, with pytest."""
