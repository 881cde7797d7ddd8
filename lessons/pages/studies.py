"""What the pages of a study show one reader, as plain values."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse

from desks.boxes import Box, boxes_from
from lessons.boxes import STEM
from lessons.models import CasePupil, Note, NoteRevision, Observation, Photo, ResearchLesson, Study
from lessons.pages.findings import findings_of, known_of
from lessons.words import Standing, not_agreed, standing_of_study, state_of_lesson
from papers.templatetags.plain import listed
from pupils.models import Place

VIDEO_HINT = "No video is kept here. Only the members of the study read this."
KNOWN_HINT = "What you have read or tried already, and findings of others that you build on."


@dataclass
class Reader:
    """Who a person is to a study."""

    is_member: bool
    is_reader: bool

    @property
    def reads(self):
        return self.is_member or self.is_reader


def reader_of(person, study) -> Reader:
    reads = person.may("studies.read") and Study.objects.allowed(person, "studies.read").filter(pk=study.pk).exists()
    return Reader(is_member=reads and person in study.current_members, is_reader=reads)


def names_of(person, partnership) -> dict[int, str]:
    """place -> the pupil's name, of those that this person may see by name."""
    if not person.may("pupils.view"):
        return {}
    rows = (
        Place.objects.allowed(person, "pupils.view").filter(partnership=partnership).select_related("pupil", "former")
    )
    return {place.pk: place.known.full_name for place in rows.order_by("pupil__last_name", "pupil__ref")}


def initials_of(person, partnership) -> dict[int, str]:
    if not person.may("pupils.view"):
        return {}
    rows = (
        Place.objects.allowed(person, "pupils.view").filter(partnership=partnership).select_related("pupil", "former")
    )
    return {place.pk: place.pupil.initials for place in rows}


@dataclass
class LessonRow:
    lesson: ResearchLesson
    state: str


@dataclass
class PupilRow:
    letter: str
    name: str  # empty for whoever may not see it
    typifies: str


@dataclass
class StudyPage:
    study: Study
    me: Reader
    question: str
    standing: Standing
    lessons: list
    pupils: list
    texts: dict
    readers: list
    known: list  # on which findings of others it builds
    taken_out: list  # for members the numbers of lessons that were taken out, for which something came since
    all_findings: list  # for members all of them, for anyone else those that they may read

    @property
    def findings(self):
        return [line for line in self.all_findings if not line.finding.is_set_aside]

    @property
    def set_aside(self):
        return [line for line in self.all_findings if line.finding.is_set_aside]

    @property
    def next_lesson(self):
        """The first that is neither over nor cancelled; None where there is none."""
        rows = (row.lesson for row in self.lessons)
        return next((lesson for lesson in rows if not lesson.is_ended and not lesson.why_cancelled), None)

    @property
    def is_seen(self):
        return any(row.lesson.is_started for row in self.lessons)

    @property
    def still_open(self):
        """What a group that finishes now leaves undone, each as the end of a sentence."""
        ends = open_ends(self.study, [row.lesson for row in self.lessons])
        drafts = [line for line in self.findings if line.standing and not line.finding.is_published]
        return [*ends, "a finding is drafted and shown to nobody"] if drafts else ends

    @property
    def next_url(self):
        """Where a member goes on."""
        lesson = self.standing.lesson
        if self.standing.act in {"question", "pupils"}:
            name = {"question": "lessons:study_write", "pupils": "lessons:case_pupils"}[self.standing.act]
            return reverse(name, args=[self.study.pk])
        names = {
            "when": "lessons:plan",
            "sheet": "lessons:sheet",
            "observe": "lessons:observe",
            "discussion": "lessons:discussion",
        }
        return reverse(names[self.standing.act], args=[lesson.pk]) if self.standing.act in names else ""


def open_ends(study, lessons) -> list[str]:
    """What is not done of its lessons, each as the end of a sentence."""
    going = [lesson for lesson in lessons if not lesson.why_cancelled]
    begun = [lesson for lesson in going if lesson.is_started and not lesson.is_ended]
    to_agree = [lesson for lesson in going if lesson.is_ended and not_agreed(study, lesson)]
    to_come = [lesson for lesson in going if not lesson.is_started]
    return [
        *(f"lesson {lesson.number} has begun and not ended" for lesson in begun),
        *(f"the discussion of lesson {lesson.number} is not agreed" for lesson in to_agree),
        *([f"{said_of(to_come)} not been held"] if to_come else []),
    ]


def said_of(lessons):
    numbers = listed([str(lesson.number) for lesson in lessons])
    return f"lesson {numbers} has" if len(lessons) == 1 else f"lessons {numbers} have"


def lessons_of(study):
    rows = study.research_lessons.select_related("visit__host", "sheet").with_agreements()
    return list(rows.order_by("number"))


def study_page(person, study) -> StudyPage:
    """For a member or reader the whole, for anyone else dates and how it stands."""
    me = reader_of(person, study)
    texts = study.sheet.texts
    lessons = lessons_of(study)
    case_pupils = list(study.case_pupils.select_related("place__pupil"))
    names = names_of(person, study.partnership) if me.reads else {}
    return StudyPage(
        study=study,
        me=me,
        question=f"{STEM} {texts.get('question', '').strip()}".strip() if me.reads else "",
        standing=standing_of_study(study, lessons, bool(texts.get("question", "").strip()), bool(case_pupils)),
        lessons=[LessonRow(lesson, state_of_lesson(lesson)) for lesson in lessons],
        pupils=[
            PupilRow(row.letter, names.get(row.place_id, ""), texts.get(f"typifies-{row.letter}", ""))
            for row in case_pupils
        ]
        if me.reads
        else [],
        texts=texts if me.reads else {},
        readers=[row for row in study.readers.select_related("person", "added_by") if row.is_current],
        known=known_of(person, study) if me.reads else [],
        taken_out=taken_out_of(study) if me.is_member else [],
        all_findings=findings_of(person, study, me.is_member),
    )


def taken_out_of(study):
    rows = ResearchLesson.ever.filter(study=study, taken_out_at__isnull=False)
    has_come = Q(Exists(NoteRevision.objects.filter(sheet=OuterRef("sheet"))))
    for model in (Observation, Photo):
        has_come |= Q(Exists(model.objects.filter(lesson=OuterRef("pk"))))
    return list(rows.filter(has_come).order_by("number").values_list("number", flat=True))


def boxes_of_study(study) -> list[Box]:
    """The boxes of the page on which a study is written."""
    box = boxes_from({note.field: note for note in study.sheet.notes.all()})
    of_pupils = [
        part
        for letter in study.case_pupils.values_list("letter", flat=True)
        for part in (
            box(f"typifies-{letter}", f"Which group of learners {letter} stands for", lines=2),
            box(f"grade-{letter}", f"Where {letter} stands now in this", lines=2),
        )
    ]
    return [
        box("question", f"{STEM} …", lines=3),
        box("technique", "The technique you are developing", lines=2),
        box("known", "What is already known", hint=KNOWN_HINT, lines=4),
        box("class-size", "How many pupils are in the class", kind="line"),
        box("class-kind", "How the class is made up", kind="choice", choices=CLASSES),
        *of_pupils,
        box("video", "Where the school keeps a video, if there is one", hint=VIDEO_HINT, kind="line"),
    ]


CLASSES = [("", "Not said"), ("mixed", "Mixed attainment"), ("set", "A set")]


def with_question(rows):
    """Studies with the one box that a list shows to whoever may read it, and with what says how each stands."""
    question = Note.objects.filter(field="question").exclude(text="")
    lessons = ResearchLesson.objects.select_related("visit").with_agreements().order_by("number")
    return rows.with_people().prefetch_related(
        Prefetch("sheet__notes", question, to_attr="question"),
        Prefetch("research_lessons", lessons),
        Prefetch("case_pupils", CasePupil.objects.order_by("letter")),
    )
