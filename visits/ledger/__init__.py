"""The release ledger: half-days promised, used, cancelled late and left, and what classes lost."""
