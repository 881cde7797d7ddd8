"""What a colleague did with target pupils and their grades: which return or list, how many, when. Never of whom."""

from programmes.models import DataReturnEntry
from pupils.models import ModeratedGrade, PlaceChange, PupilList, ReturnVersion, TargetGrade
from reports.access.redacting import everybody
from reports.access.sections import day, section

OF_RETURN = ("data_return__partnership__specialist", "data_return__partnership__partner_school")


def grades(person, here, programmes):
    children = everybody(programmes)
    rows = [*entered(person, here), *submitted(person, here, children), *opened(person, here, children)]
    rows += [*changed(person, here), *aimed_at(person, here), *sent(person, here), *agreed(person, here)]
    return section(
        "Target pupils and their grades",
        lead="Of which partnership and when. Which pupil it was stands in the file on that pupil.",
        head=["What", "Partnership", "When"],
        rows=rows,
    )


def entered(person, here):
    rows = DataReturnEntry.objects.filter(user=person, **here("data_return__partnership__programme__organisation"))
    for row in rows.select_related("data_return__data_point", *OF_RETURN).order_by("data_return__data_point__due_on"):
        number = "1 grade" if row.grades == 1 else f"{row.grades} grades"
        point = row.data_return.data_point
        yield [f"Entered {number} of the return {point.name}", row.data_return.partnership.label, day(point.due_on)]


def versions(here, **who):
    rows = ReturnVersion.objects.filter(**who, **here("data_return__partnership__programme__organisation"))
    return rows.select_related("data_return__data_point", *OF_RETURN).order_by("submitted_at", "pk")


def submitted(person, here, children):
    for row in versions(here, submitted_by=person):
        why = f": {children.redact(row.changed_because)}" if row.changed_because else ""
        yield [f"Submitted {about(row)}{why}", row.data_return.partnership.label, day(row.submitted_at)]


def opened(person, here, children):
    for row in versions(here, opened_by=person):
        what = f"Opened {about(row)} again: {children.redact(row.opened_because)}"
        yield [what, row.data_return.partnership.label, day(row.opened_at)]


def about(version):
    return f"the return {version.data_return.data_point.name}, version {version.number}"


def changed(person, here):
    rows = PlaceChange.objects.filter(by=person, **here("place__partnership__programme__organisation"))
    rows = rows.select_related("place__partnership__specialist", "place__partnership__partner_school")
    for row in rows.order_by("at", "pk"):
        yield [f"A pupil\u2019s place: {row.get_what_display().lower()}", row.place.partnership.label, day(row.at)]


def aimed_at(person, here):
    rows = TargetGrade.objects.filter(**here("place__partnership__programme__organisation"))
    rows = rows.select_related("place__partnership__specialist", "place__partnership__partner_school")
    for row in rows.filter(proposed_by=person).order_by("proposed_at", "pk"):
        yield ["Proposed a target grade", row.place.partnership.label, day(row.proposed_at)]
    for row in rows.filter(agreed_by=person).order_by("agreed_at", "pk"):
        yield ["Agreed to a target grade", row.place.partnership.label, day(row.agreed_at)]


def sent(person, here):
    rows = PupilList.objects.filter(sent_by=person, **here("partnership__programme__organisation"))
    for row in rows.select_related("partnership__specialist", "partnership__partner_school").order_by("sent_at", "pk"):
        what = f"Gave a list of pupils: {row.get_state_display().lower()}"
        yield [what, row.partnership.label, day(row.sent_at)]


def agreed(person, here):
    rows = ModeratedGrade.objects.filter(by=person, **here("place__partnership__programme__organisation"))
    rows = rows.select_related("place__partnership__specialist", "place__partnership__partner_school", "data_point")
    for row in rows.order_by("at", "pk"):
        yield [f"A grade in a moderation session, {row.data_point.name}", row.place.partnership.label, day(row.at)]
