"""Which planned visits stand against a teacher's week or a school's limits, asked of an app that knows visits."""

# (reader, person) -> [(words, address)], and (reader, school) -> the same, as far as the reader reaches them. An app to
# the right appends its own in AppConfig.ready.
AGAINST_WEEK, AGAINST_LIMITS = [], []


def against_week(reader, person) -> list[tuple[str, str]]:
    return [visit for function in AGAINST_WEEK for visit in function(reader, person)]


def against_limits(reader, school) -> list[tuple[str, str]]:
    return [visit for function in AGAINST_LIMITS for visit in function(reader, school)]
