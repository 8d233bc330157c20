"""Policy: what gates a merge, and the verdict with its reasons."""
