"""What `plimsoll doctor` looks at."""
