"""The words of an agreement: the text we ship, what stands in brackets, and the words of one partnership."""

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path

from papers.templatetags.plain import year_words
from programmes.beginning import begun, days_begun, is_left
from programmes.models import AgreementText, PartnerSchool
from programmes.paragraphs import BRACKETS, blocks

DEFAULT = Path(__file__).with_name("default.toml")
# What may stand in brackets, with what becomes of it: words within a sentence, or lines of their own.
WITHIN = {
    "programme": "the name of the programme",
    "organiser": "who runs it",
    "year": "the academic year",
    "subject": "the subject of the partnership",
    "year group": "its year group",
    "home school": "the specialist teacher's school",
    "partner school": "the partner school",
}
LINES = {
    "data dates": "the days by which grades are due, one a line",
    "success criteria": "the programme's success criteria, one a line",
    "release time": "the half-days for each teacher, from the timetable",
    "staff funded": "for how many staff training is funded; nothing where none are",
    "revisited on": "the day on which the agreement is revisited; nothing where none is set",
}


@cache
def shipped():
    """The parts of the text that we ship."""
    parts = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))
    return {name: parts[name].strip() for name in AgreementText.PARTS}


def latest_text(programme):
    """The newest version of the programme's text; before one is saved, the text we ship, as version 0."""
    return programme.agreement_texts.last() or AgreementText(programme=programme, version=0, **shipped())


def mistakes(text) -> list[str]:
    """What is wrong with the brackets of one part, each as a sentence."""
    found = []
    for name in dict.fromkeys(BRACKETS.findall(text)):
        if name not in WITHIN and name not in LINES:
            known = ", ".join(f"[{known}]" for known in (*WITHIN, *LINES))
            found.append(f"[{name}] stands for nothing. These do: {known}.")
    for line in text.splitlines():
        for name in BRACKETS.findall(line):
            if name in LINES and line.strip() != f"[{name}]":
                found.append(f"Put [{name}] on a line of its own: it becomes lines of its own.")
    return found


def facts_of(programme) -> dict:
    """What the words of all agreements of a programme depend on, so that many are made with a few queries."""
    own = PartnerSchool.objects.filter(programme=programme, staff_funded__isnull=False)
    return {
        "programme": programme.title,
        "organiser": programme.organisation.name,
        "year": programme.academic_year,
        "starts_on": programme.starts_on.isoformat(),
        "ends_on": programme.ends_on.isoformat(),
        "funded": programme.funded,
        "steps": list(programme.timetable.all()),
        "begun": days_begun(programme),
        "staff_funded": programme.staff_funded if programme.funded else None,
        "staff_funded_of": dict(own.values_list("school", "staff_funded")) if programme.funded else {},
        "data_dates": [
            {"name": point.name, "due_on": point.due_on.isoformat(), "words": f"{point.name}: {day(point.due_on)}"}
            for point in programme.data_points.all()
        ],
        "criteria": [
            f"{criterion.target_pct}% or more: {criterion.get_measure_display()[:1].lower()}"
            f"{criterion.get_measure_display()[1:]}"
            for criterion in programme.success_criteria.all()
        ],
        "revisited_on": programme.agreement_revisited_on and programme.agreement_revisited_on.isoformat(),
        "revisited_words": programme.agreement_revisited_on and day(programme.agreement_revisited_on),
    }


def half_days_of(funded, steps, since=None) -> dict:
    """What these steps of its timetable take, in all and of each side: those that are needed, and the others.

    Whoever begins in the middle of the year does not take what is over by then.
    """
    left = [step for step in steps if is_left(step.window_end, since)]
    needed, extra = ([step for step in left if step.required == required] for required in (True, False))
    return {
        "funded": funded,
        "since": since if len(left) < len(steps) else None,
        "half_days": sum(step.half_days for step in left),
        "sides": {side: (total(needed, side), total(extra, side)) for side in ("specialist", "partner")},
    }


def total(steps, side):
    return sum(getattr(step, f"funded_{side}_half_days") for step in steps)


def sections_of(text, facts, partnership=None) -> dict:
    """The whole agreement as it is frozen: its facts, and its parts in paragraphs and lists.

    Without a partnership it is what one would look like.
    """
    about = about_partnership(partnership) if partnership else about_nobody(text.programme)
    staff = facts["staff_funded_of"].get(about["partner_school_id"], facts["staff_funded"])
    since = begun(facts["begun"], partnership) if partnership else None
    release = half_days_of(facts["funded"], facts["steps"], since)
    due = [date for date in facts["data_dates"] if is_left(dt.date.fromisoformat(date["due_on"]), since)]
    within = {name: str(facts.get(name) or about.get(name.replace(" ", "_"), "")) for name in WITHIN}
    lines = {
        "data dates": [date["words"] for date in due] or none_due(facts["data_dates"]),
        "success criteria": facts["criteria"] or "The programme sets no figures.",
        "release time": release_time(release, about),
        "staff funded": f"Training is funded for {people(staff)} of {each(about)}." if staff else "",
        "revisited on": f"We look at this agreement again on {facts['revisited_words']}."
        if facts["revisited_words"]
        else "",
    }
    parts = [
        {"key": name, "title": text.title_of(name), "blocks": blocks(getattr(text, name), within, lines)}
        for name in AgreementText.PARTS
    ]
    return {
        **{name: facts[name] for name in ("programme", "organiser", "year", "starts_on", "ends_on", "funded")},
        **about,
        "text_version": text.version,
        "data_dates": [{"name": date["name"], "due_on": date["due_on"]} for date in due],
        "half_days": half_days_in_words(release),
        "staff_funded": staff,
        "revisited_on": facts["revisited_on"],
        "parts": [part for part in parts if part["blocks"]],
    }


def about_partnership(partnership):
    home, partner = partnership.specialist.home_school, partnership.partner_school
    return {
        "ref": partnership.ref,
        "subject": partnership.subject,
        "year_group": partnership.year_group,
        "label": partnership.label,
        "home_school": home.name,
        "home_school_id": home.pk,
        "partner_school": partner.name,
        "partner_school_id": partner.pk,
        "own_school": home.pk == partner.pk,
    }


def about_nobody(programme):
    year = programme.year_groups[0] if programme.year_groups else ""
    subject = programme.subjects[0] if programme.subjects else "the subject"
    return {
        "ref": "",
        "subject": subject,
        "year_group": year,
        "label": f"{subject.capitalize()}, {year_words(year)}",
        "home_school": "the specialist teacher's school",
        "home_school_id": None,
        "partner_school": "the partner school",
        "partner_school_id": None,
        "own_school": False,
    }


def release_time(release, about):
    """The half-days of each side and who pays for them; one sentence where nobody does."""
    since = f" from {release['since']:%-d %B %Y} on" if release["since"] else ""
    if not release["funded"]:
        in_all = f"{half_days(release['half_days'])}{since or ' in all'}"
        taken = f" Its timetable takes {in_all};" if release["half_days"] else ""
        return f"This programme does not fund release time.{taken or ' So'} {each(about)} finds the time and the cover."
    sides = [
        ("specialist", f"The specialist teacher, of {about['home_school']}"),
        ("partner", f"The partner teacher, of {about['partner_school']}"),
    ]
    return [f"{who}: {paid(*release['sides'][side], since)}" for side, who in sides]


def none_due(dates):
    return "All days of this year are over." if dates else "The programme has set no days yet."


def each(about):
    return "the school" if about["own_school"] else "each school"


def paid(required, extra, since):
    words = f"{half_days(required)}{since}, funded by the programme" if required else f"no half-day is funded{since}"
    return f"{words}; up to {extra} more where they are used" if extra else words


def half_days_in_words(release):
    """For the facts at a glance: "7 and 1", the two sides apart."""
    if not release["funded"]:
        return None
    return {side: required for side, (required, _) in release["sides"].items()}


def half_days(n):
    return f"{n} half-day{'' if n == 1 else 's'}"


def people(n):
    return "1 member of staff" if n == 1 else f"{n} members of staff"


def day(on):
    return f"{on:%A %-d %B %Y}"
