"""Why a pair cannot be, in a sentence about this school and this specialist teacher."""

from django.utils import timezone

from papers.templatetags.plain import year_words
from programmes.models import Partnership, PartnershipStep
from programmes.pairing import Rule

SENTENCES = {
    Rule.CONFLICT: "A conflict of interest between {teacher} and {school} is declared. They cannot be paired.",
    Rule.ABLE: "{teacher} cannot work at present: {status}.",
    Rule.OWN_SCHOOL: "{teacher} is a teacher of {school}: this is a pair inside one school.",
    Rule.PAIRED: "{school} and {teacher} are paired already.",
    Rule.FOLDED: "{school} and {teacher} were paired earlier this year, and it folded.",
    Rule.UNKNOWN: "It is not entered which subjects and year groups {teacher} teaches.",
    Rule.SUBJECT: "{teacher} does not teach {subject}.",
    Rule.YEAR_GROUP: "{teacher} does not teach {year_group}.",
    Rule.ROOM: "{teacher} has no room left: {taken}.",
}


def taken_by(specialist) -> str:
    number = specialist.partnerships_wanted
    return "takes none" if not number else f"takes {number} and has {'it' if number == 1 else 'them'}"


def in_the_way(rule, school, specialist, here=None) -> str:
    """What the broken rule says of this partner school; `here` is the school that took the last room in a draft."""
    taken = taken_by(specialist) if here is None else f"the last place is accepted for {here.school} here"
    return SENTENCES[rule].format(
        teacher=specialist,
        school=school.school,
        status=specialist.get_status_display().lower(),
        subject=school.subject or "a subject of this programme",
        year_group="a year group of this programme" if school.year_group is None else year_words(school.year_group),
        taken=taken,
    )


def filled_by(programme, row, wish) -> str:
    """Why the school needs nobody any more, and who saw to it when."""
    if wish is None:
        return f"{row.school} does not take part any more: {row.get_stage_display().lower()}."
    if wish.is_closed:
        return f"{row.school} is closed."
    steps = PartnershipStep.objects.filter(
        partnership__programme=programme, partnership__partner_school=row.school_id, by__isnull=False
    ).exclude(partnership__status=Partnership.Status.FOLDED)
    step = steps.select_related("by", "partnership__specialist__user").order_by("-at", "-pk").first()
    if step is None:
        return f"{row.school} has the partnerships it asked for already."
    when = timezone.localtime(step.at)
    on = f"at {when:%H:%M}" if when.date() == timezone.localdate() else f"on {when:%-d %B}"
    return f"{row.school} is paired already: {step.by} did it {on}, with {step.partnership.specialist}."
