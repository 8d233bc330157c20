"""Jobs: accept a delivery durably, run what is owed, once, in order, and again after a crash."""
