"""Runs at work: what is asked, what the checks say of it, and the slice that does both."""
