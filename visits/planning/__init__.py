"""Between the rows and the planner: what the timetable asks, what stands, which rules hold, and what was proposed."""
