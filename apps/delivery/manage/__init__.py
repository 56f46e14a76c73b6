"""Automation: the same actions as the pages, under the same gates, for keys that act."""
