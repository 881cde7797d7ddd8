"""The pages on which planned visits are confirmed, moved, swapped, and other times are proposed."""
