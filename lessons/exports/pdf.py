"""A study as a PDF: with the names of the case pupils for the group, or with A, B and C to hand on."""

from dataclasses import dataclass

from lessons.boxes import STEM
from lessons.exports.sheets import PAPERS, parts_of
from lessons.exports.studies import photo_files
from lessons.pages.sheet import sheet_page
from lessons.words import state_of_lesson
from papers.pdf import render_pdf
from papers.pictures import smaller

LONGEST_SIDE = 700  # pixels of a photo on paper: 60 mm at 300 to an inch
STYLES = ("pdf/report.css", "pdf/grid.css", "pdf/study.css")


@dataclass
class LessonOnPaper:
    lesson: object
    page: object
    parts: list
    words: dict
    state: str

    @property
    def has_words(self):
        return self.lesson.is_started or any(box.text.strip() for box in self.page.boxes)


def study_pdf(reader, study, lessons, names, words, made_at) -> bytes:
    """`names` are those of case pupils by letter; without any it is made to hand on. `words` are those of the study."""
    pages = [sheet_page(reader, lesson) for lesson in lessons]
    pictures = {}
    shown = {photo["file"] for lesson in words["lessons"] for photo in lesson["photos"]}
    for file, stored in [(file, stored) for file, stored in photo_files(lessons) if file in shown]:
        with stored.open() as photo:
            if (picture := smaller(photo.read(), LONGEST_SIDE)) is not None:
                pictures[f"picture:{file}"] = picture
    for lesson in words["lessons"]:
        for photo in lesson["photos"]:
            photo["address"] = address if (address := f"picture:{photo['file']}") in pictures else ""
    context = {
        "study": study,
        "words": words,
        "stem": STEM,
        "names": names,
        "pupils": [pupil | {"name": names.get(pupil["letter"], "")} for pupil in words["case_pupils"]],
        "lessons": [
            LessonOnPaper(lesson, page, parts_of(page, PAPERS["a4"], to_write=False), said, state_of_lesson(lesson))
            for lesson, page, said in zip(lessons, pages, words["lessons"], strict=True)
        ],
        "made_at": made_at,
    }
    return render_pdf("lessons/pdf/study.html", context, made_at, STYLES, pictures)
