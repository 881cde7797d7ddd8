"""What the log keeps in short, in words for the person whom it is about."""

ABOUT = {
    "access": "Everything on one person",
    "completeness": "Which grades are in",
    "grades": "Grades",
    "handover": "Hand-over pack",
    "moderation": "Moderation session",
    "planner": "Year planner",
    "progress": "Progress page",
    "pupils": "Target pupils",
    "records": "Visit records",
    "register": "Register of schools",
    "returns": "Grades",
    "studies": "Lesson studies",
    "targets": "Target grades",
}
DONE = {
    "viewed": "looked at",
    "listed": "looked at the list",
    "list_viewed": "looked at a list that waits",
    "ordered": "asked for the file",
    "opened": "opened for a correction",
    "template": "downloaded the template",
    "photo_kept": "kept a photo",
    "photo_viewed": "looked at a photo",
    "read_again": "read again",
    "set_aside": "set aside",
}
WHOLE = {"refused": "Was refused a page or a step", "nudged": "Sent a reminder"}
LOOKED = {
    "pupils.viewed": "Looked at the page",
    "pupils.changed": "Changed the details",
    "access.ordered": "Asked for this file",
    "access.looked at": "Looked at this file",
    "access.downloaded": "Downloaded this file",
}


def in_words(did) -> str:
    """returns.viewed: Grades: looked at."""
    area, dot, what = did.partition(".")
    if not dot:
        return WHOLE.get(did, plain(did))
    return f"{ABOUT.get(area, plain(area))}: {DONE.get(what, what.replace('_', ' '))}"


def plain(words):
    return (words[:1].upper() + words[1:]).replace("_", " ")
