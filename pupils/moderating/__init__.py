"""Moderation sessions: teachers bring grades, look at the work together and agree; the difference is kept."""
