"""Other linters beside our own rules: hadolint, run as a program, and its findings merged into ours."""
