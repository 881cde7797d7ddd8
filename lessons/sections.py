"""What a record asks, by the kind of the visit and by what the timetable says that its step records."""

from dataclasses import dataclass

from django.utils.text import slugify

from visits.models import Visit


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    hint: str = ""
    lines: int = 4

    @property
    def field(self):
        return f"section-{self.key}"


EXPECTATIONS = Section(
    "expectations",
    "Expectations",
    "What each of you expects of the other and of this year, and what the school expects.",
)
PUPILS = Section(
    "pupils", "Target pupils", "What they did and said, and what you noticed. Write initials, not names.", lines=6
)
LESSON = Section(
    "lesson",
    "The research lesson",
    "What the pupils did and said against what you predicted, and what you both learned. Write initials, not names.",
    lines=6,
)
BARRIERS = Section("barriers", "Barriers", "What gets in the way of these pupils' learning, or of your work together.")
FOCUS = Section("focus", "Focus", "What you look at together from now on.")
PLAN = Section("plan", "Plan of the next lesson", "What you will teach, who teaches it, and what you want to find out.")
CLASSES = Section("classes", "Classes seen", "Which year groups and subjects, and what the pupils did there.", lines=6)
CLIMATE = Section("climate", "Climate walk", "What you saw and heard around the school.")
TAKEN_HOME = Section("taken-home", "What we take back", "What the partner teacher tries in the own class.")
SUPPORT = Section(
    "support", "What was asked for, and what helped", "For both who took part. No grade of anyone's teaching."
)
TALK = Section("talk", "What the heads agreed", "How the school supports the partnership, and what is made of it.")
SHOWN = Section("shown", "What was shown", "To whom, and what they said.")
OTHER = Section("other", "Anything else", lines=3)

BY_KIND = {
    Visit.Kind.FIRST: [EXPECTATIONS, PUPILS, BARRIERS, FOCUS, PLAN],
    Visit.Kind.OBSERVATION: [PUPILS, BARRIERS, FOCUS, PLAN],
    Visit.Kind.RESEARCH_LESSON: [LESSON, BARRIERS, FOCUS, PLAN],
    Visit.Kind.RECIPROCAL: [CLASSES, CLIMATE, TAKEN_HOME, FOCUS],
    Visit.Kind.SHADOWING: [SUPPORT, BARRIERS, FOCUS],
    Visit.Kind.HEAD_TO_HEAD: [TALK, BARRIERS, FOCUS],
    Visit.Kind.SHOWCASE: [SHOWN, FOCUS],
}
# What a timetable may call the same thing: its words begin so. Actions have boxes of their own.
MEANT = {
    "expectations": EXPECTATIONS,
    "target pupils": PUPILS,
    "barriers": BARRIERS,
    "focus": FOCUS,
    "plan": PLAN,
    "lesson study": LESSON,
    "range of classes": CLASSES,
    "climate": CLIMATE,
}
NOT_BOXES = ("actions", "attendance", "gap task", "next visit")


def sections_of(visit, written=()) -> list[Section]:
    """Those of the visit's kind in the words of its timetable, what else that asks for, and any other box that has
    words in it (`written`: the fields of notes), so that none is hidden when the kind changes."""
    sections = {section.key: section for section in BY_KIND[visit.kind]}
    for item in asked_by_timetable(visit):
        meant = next((section for words, section in MEANT.items() if item.lower().startswith(words)), None)
        key = meant.key if meant else f"own-{slugify(item)[:50]}"
        sections[key] = Section(
            key, item[:1].upper() + item[1:], meant.hint if meant else "", meant.lines if meant else 4
        )
    sections[OTHER.key] = OTHER
    known = {section.key: section for kind in BY_KIND.values() for section in kind}
    for key in (field.removeprefix("section-") for field in written if field.startswith("section-")):
        if key not in sections:
            words = key.removeprefix("own-").replace("-", " ").capitalize()
            sections[key] = known.get(key, Section(key, words))
    return list(sections.values())


def asked_by_timetable(visit):
    items = [item.strip() for item in visit.step.records.split(";")] if visit.step else []
    return [item for item in items if slugify(item) and not item.lower().startswith(NOT_BOXES)]
