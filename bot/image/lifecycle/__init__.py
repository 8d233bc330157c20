"""Support dates of distributions and runtimes. Pure; `feeds.lifecycle` refreshes the table."""
