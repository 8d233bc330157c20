"""What each command does, one file a topic; `cli` holds names, options and exit codes."""
