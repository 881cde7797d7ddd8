"""The roster: one row for each partnership of a programme, who slips and why, and the right nudge.

`facts` reads everything in a fixed number of queries, `slips` and `columns` are lists of functions of it, `rows` puts
them together, `asked` filters and sorts, `page` is what the views hand to the templates. A later app adds to the lists:
a slip kind for money that waits, a column for what was released.
"""
