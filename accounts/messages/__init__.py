"""Messages sent: what became of each mail, every kind of mail there is, and which of them a person wants."""
