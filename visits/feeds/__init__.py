"""Secret addresses at which a calendar program reads visits and events."""
