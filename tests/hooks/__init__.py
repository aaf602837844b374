"""The shipped hooks of scripts/hooks/ against the real things they speak to: run inside tests/lab/enter, with pytest."""
