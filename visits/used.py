"""What partnerships have used is another thing than it was: apps that count it append here what follows from it."""

# (person, keys of partnerships, why: a sentence), in the transaction of what was done.
AFTER_USE = []


def used_otherwise(person, partnerships, why: str):
    """Of these partnerships a visit took place or did not, cover was given up late, or somebody was at an event, or an
    event that funds half-days is another or none."""
    for function in AFTER_USE:
        function(person, frozenset(partnerships), why)
