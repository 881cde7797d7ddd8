"""The mark “moderated” is about one grade: it goes with it, comes back with it, and stands beside nothing else."""

from django.utils import timezone

from pupils.models import ReturnNote
from pupils.returns.answers import answer_of, grades_of

REFUSED = "Only a grade is moderated: the mark beside a reason is not kept."


def follow_grades(person, programme, sheet, notes, written, stood, sent):
    """Marks as they are true of the grades that stand now. `stood` is what stood in each box before, `sent` names those
    that somebody decided about.

    The grade that a mark was about when it went is kept in a box of its own, in which nobody types: somebody who types
    a grade anew may have stopped half-way when it was saved.
    """
    codes = grades_of(programme)
    for place in sorted({name.split("-", 1)[1] for name in written if name.startswith(("grade-", "moderated-"))}):
        boxes = Boxes(person, sheet, notes, place)
        now = notes.get(f"grade-{place}")
        before = answer_of(stood.get(f"grade-{place}", ""), programme.scale, codes).grade
        answer = answer_of(now.text if now else "", programme.scale, codes)
        if boxes.text("moderated"):
            is_of_another = f"moderated-{place}" not in sent and before is not None and before != answer.grade
            if is_of_another:
                boxes.put("agreed", before.code)
            if is_of_another or answer.reason:
                boxes.put("moderated", "")
        elif answer.grade and boxes.text("agreed") == answer.grade.code:
            boxes.put("moderated", "yes")
            boxes.put("agreed", "")


def forget(sheet, sent):
    """Somebody has decided about the marks among the boxes that were sent: none of these comes back."""
    names = [name.replace("moderated-", "agreed-") for name in sent if name.startswith("moderated-")]
    ReturnNote.objects.filter(sheet=sheet, field__in=names).delete()


class Boxes:
    """Those beside the grade of one place."""

    def __init__(self, person, sheet, notes, place):
        self.person, self.sheet, self.notes, self.place = person, sheet, notes, place

    def text(self, what):
        note = self.notes.get(f"{what}-{self.place}")
        return note.text if note else ""

    def put(self, what, text):
        name = f"{what}-{self.place}"
        if self.text(what) == text:
            return
        note = self.notes.setdefault(name, ReturnNote(sheet=self.sheet, field=name))
        note.text, note.version, note.in_sheet = text, note.version + 1, self.sheet.version
        note.written_by, note.written_at = self.person, timezone.now()
        note.save()


def is_refused(sheet, cells) -> bool:
    """Whether one of these ticks was set beside a reason, and so is not kept."""
    ticked = [cell.field for cell in cells if cell.field.startswith("moderated-") and cell.text]
    texts = sheet.texts if ticked else {}
    return any(not texts.get(name) for name in ticked)
