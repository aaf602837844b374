"""batond beside real keepalived and real FRR, on a real kernel: run inside tests/lab/enter, with pytest."""
