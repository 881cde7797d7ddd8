"""A school's own headline percentages: entered by its head, a year at a time, and read beside the target pupils."""
