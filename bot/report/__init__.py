"""Everything a person reads: a `Review` in, text for one medium out. All words live in `templates/`."""
