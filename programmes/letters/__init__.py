"""The letter to the headteachers of the partner schools: its facts, its pages, and who gets it."""
