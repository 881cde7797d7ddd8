"""Where in a study a text stands that somebody typed, for a check of names before it is handed on."""

CALLED = {
    "question": "the question",
    "technique": "the technique",
    "known": "what is already known",
    "class_size": "the class",
    "video": "where a video is kept",
    "stands_for": "whom {letter} stands for",
    "now": "where {letter} stands",
    "change": "what you do differently",
    "intention": "what pupils learn to do",
    "criteria": "the success criteria",
    "criterion": "the success criterion of {letter}",
    "name": "its name",
    "minutes": "its minutes",
    "teacher": "what the teacher does",
    "pattern": "the pattern",
    "predicted": "predicted of {letter}",
    "typed_after_the_lesson": "added to the prediction of {letter}",
    "observed": "observed of {letter}",
    "before_a_stage": "before a stage was marked",
    "of_the_class": "about the whole class",
    "evidence": "what shows it for {letter}",
    "thoughts": "first thoughts about {letter}",
    "first_thoughts": "first thoughts of all",
    "discussion": "discussion",
    "builds_on": "a finding that it builds on",
    "findings": "a finding of this study",
}
IN_A_LINE = {"caption": "caption of a photo", "cancelled_because": "why it was cancelled", "when": "when it was"}


def typed_in(words, trail=(), letter=""):
    """(where, text) of each text, in the order of the study: ("lesson 1, stage 2, observed of A", "Waits.")."""
    if isinstance(words, list):
        for item in words:
            if isinstance(item, str) and trail:
                yield ", ".join(trail), item
            yield from typed_in(item, trail, letter)
        return
    if not isinstance(words, dict):
        return
    letter = words.get("letter") or letter
    if "stages" in words:
        trail = (*trail, f"lesson {words['number']}")
    elif "pupils" in words:
        trail = (*trail, f"stage {words['number']}")
    elif "answers" in words:
        trail = (*trail, f"interview of {letter}")
    trail = (*trail, words["asked"]) if "asked" in words else trail
    if isinstance(words.get("text"), str):
        yield ", ".join(trail), words["text"]
        return
    for key, value in words.items():
        here = (*trail, CALLED[key].format(letter=letter)) if key in CALLED else trail
        if key in IN_A_LINE and value:
            yield ", ".join((*here, IN_A_LINE[key])), value
        else:
            yield from typed_in(value, here, letter)
