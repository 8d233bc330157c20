"""What to do about an event: one file a job kind. Plain functions that know nothing of the job engine."""
