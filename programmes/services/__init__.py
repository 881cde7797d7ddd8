"""What changes more than one row of a programme, by noun: `from programmes.services import consultants`."""
