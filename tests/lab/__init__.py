"""The lab: hosts as network namespaces on one bridge, the programs that run on them, and the probes that watch.

It needs what tests/lab/enter gives it: a network and a mount namespace of its own, and the rights of root in them.
"""
