"""The data return of a partnership at a data point: typed as boxes of a sheet, submitted as a version, both kept.

`answers` says what a typed text means, `standing` what each place has by now, `writing` keeps what is typed, `counting`
makes the counts true that money reads, `submitting` locks a return and opens it again.
"""
