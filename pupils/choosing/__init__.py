"""Choosing the target pupils of a partnership: lists that are pasted or sent, looked at, corrected and taken."""
