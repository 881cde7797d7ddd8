"""What happens to a place: a pupil leaves, comes late, is replaced, moves, changes class; with a day and a reason."""
