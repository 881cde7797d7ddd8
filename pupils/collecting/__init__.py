"""A coordinator collects the grades of many partnerships in one file: each becomes a draft that its teachers submit.

`template` is the file to send round, filled with the pupils owed, `reading` says what comes back, `writing` puts it
into the drafts.
"""
