"""The boxes of a finding: what each asks, how long it may be to be shown, and what stands in them to begin with."""

import re
from dataclasses import dataclass

from desks.boxes import Box
from lessons.boxes import STEM

LONGEST_TEXT, LONGEST_THEME, MOST_THEMES = 20_000, 60, 10


@dataclass(frozen=True)
class Question:
    key: str
    title: str  # above the box, and above the text on whatever shows it
    hint: str = ""
    lines: int = 4
    longest: int = LONGEST_TEXT


HEADLINE = Question(
    "headline",
    "Headline",
    "One sentence that somebody at another school can use: what helps whom to learn what.",
    lines=2,
    longest=300,
)
TECHNIQUE = Question("technique", "The technique", "What you developed, in a few words.", lines=2, longest=200)
THEMES = Question(
    "themes",
    "Themes",
    "By which others find it, with commas between: talk for learning, fractions, working in pairs.",
    lines=2,
    longest=LONGEST_THEME * MOST_THEMES,
)
TEXTS = [
    Question("context", "Context", "Whose learning, in what, and what made you look into it. Pupils are A, B and C."),
    Question("did", "What we did", "So that a colleague could try it on Monday.", lines=6),
    Question("saw", "What we saw", "What A, B and C said and did, against what you had expected.", lines=6),
    Question("know", "What we now know", lines=5),
    Question("surprises", "What surprised us", lines=3),
    Question("next", "What next", "What you will try, and what others might.", lines=3),
]
QUESTIONS = [HEADLINE, TECHNIQUE, *TEXTS, THEMES]
TITLES = {question.key: question.title for question in QUESTIONS}
FIELD = re.compile("|".join(TITLES))


def boxes_of(finding) -> list[Box]:
    """The boxes of the page on which a finding is written."""
    notes = {note.field: note for note in finding.sheet.notes.all()}
    boxes = []
    for asked in QUESTIONS:
        note = notes.get(asked.key)
        text, version = (note.text, note.version) if note else ("", 0)
        boxes.append(
            Box(
                asked.key,
                asked.title,
                hint=asked.hint,
                lines=asked.lines,
                text=text,
                version=version,
                error=too_long(asked, text),
            )
        )
    return boxes


def too_long(asked, text):
    """The sentence for a text that is too long to be shown to others; it is kept as it is."""
    text = text.strip()
    if asked is THEMES:
        return wrong_themes(text)
    if len(text) <= asked.longest:
        return ""
    return (
        f"{asked.title}: it has {len(text):,} characters, and at most {asked.longest:,} can be shown to others. "
        "Make it shorter."
    )


def why_not_shown(field, text):
    """The same for a box by its name."""
    asked = next((question for question in QUESTIONS if question.key == field), None)
    return too_long(asked, text) if asked else ""


def themes_in(text) -> list[str]:
    """What stands between commas, or on lines of its own; said twice it is one."""
    themes = {}
    for part in re.split(r"[,;\n]", text):
        theme = " ".join(part.split()).rstrip(".").lower()
        if theme:
            themes.setdefault(theme)
    return list(themes)


def wrong_themes(text):
    themes = themes_in(text)
    if len(themes) > MOST_THEMES:
        return f"Themes: these are {len(themes)}, and at most {MOST_THEMES} can be shown. Keep the best ones."
    if long := next((theme for theme in themes if len(theme) > LONGEST_THEME), None):
        return f"Themes: “{long[:30]}…” is a sentence. A theme is a few words, with commas between two."
    return ""


def what_is_lacking(texts) -> list[tuple[str, str]]:
    """(box, sentence) of what has to be mended before a finding is shown to anybody."""
    lacking = [(asked.key, too_long(asked, texts.get(asked.key, ""))) for asked in QUESTIONS]
    lacking = [(key, sentence) for key, sentence in lacking if sentence]
    if not texts.get("know", "").strip():
        lacking.insert(0, ("know", "What we now know: say it. It is what others come for."))
    if not texts.get("headline", "").strip():
        lacking.insert(0, ("headline", "Headline: say in one sentence what you found."))
    return lacking


# What a new finding begins with ---------------------------------------------------------------------------------------


def first_words(study) -> dict[str, str]:
    """From the study and its discussions: to be written over, and not to be typed again."""
    of_study = {field: text.strip() for field, text in study.sheet.texts.items()}
    lessons = [lesson for lesson in study.research_lessons.all() if lesson.cancelled_at is None]
    talks = [{field: text.strip() for field, text in lesson.sheet.texts.items()} for lesson in lessons]
    question = of_study.get("question", "")
    words = {
        "context": paragraphs([study.partnership.label + ".", question and f"{STEM} {question}"]),
        "technique": one_line(of_study.get("technique", "")),
        "did": paragraphs([how_often(lessons), *said_in(talks, "talk-adjust")]),
        "saw": paragraphs(said_in(talks, "talk-technique")),
        "know": paragraphs(
            talk[field] for talk in talks for field in sorted(talk) if field.startswith("talk-learned-")
        ),
        "surprises": paragraphs(said_in(talks, "talk-surprises")),
        "next": paragraphs(said_in(talks, "talk-next")[-1:]),
    }
    return {field: text for field, text in words.items() if text}


def said_in(talks, field):
    return [talk[field] for talk in talks if talk.get(field)]


def paragraphs(texts):
    return "\n\n".join(text for text in texts if text)


def one_line(text):
    return " ".join(text.split())


def how_often(lessons):
    held = len([lesson for lesson in lessons if lesson.started_at])
    return f"We planned, taught and discussed {held} research lessons together." if held > 1 else ""
