"""The lists of what goes, in the order in which it goes: what points to other rows before these."""

# Parts (`pupils.retention.parts`). An app appends its own in `AppConfig.ready()`, and those to the right come first.
ERASE = []

# (programme) -> {key: figures that JSON can hold}, worked out before anything goes.
FREEZE = []

# (programme) -> [(sentence, address of the page that mends it)]: while there is one, nothing is erased.
STILL_OPEN = []
