from django.contrib import messages
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from papers.templatetags.plain import year_words
from programmes import setting_up, starting
from programmes.calendar import calendar_of
from programmes.models import Programme
from programmes.services import programmes as services
from programmes.services.in_use import InUse
from programmes.views.timetables import being_set_up


@require_http_methods(["GET", "HEAD", "POST"])
def check(request, slug):
    """All answers on one page, and the button that puts the programme into force."""
    programme = being_set_up(request, slug)
    if request.method == "POST":
        return activate(request, programme)
    tasks = setting_up.tasks_of(programme)
    by_key, today = {task.key: task for task in tasks}, timezone.localdate()
    draft = programme.status == Programme.Status.DRAFT
    context = {
        "programme": programme,
        "rows": answers(programme, by_key),
        "missing": setting_up.missing_in(tasks),
        "odd": starting.odd_answers(programme, by_key, today) if draft else [],
        "draft": draft,
        "back_words": setting_up.back_words(programme),
        "early": starting.early(programme, today) if draft else [],
        "consequences": starting.consequences(programme, today) if draft else [],
    }
    return render(request, "programmes/check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request, slug):
    """What goes with a draft, and the button that deletes it. Only a programme that was never started can go."""
    programme = being_set_up(request, slug)
    if programme.status != Programme.Status.DRAFT:
        messages.warning(request, f"{programme.title} was started, so it cannot be deleted.")
        return redirect("programmes:set_up", slug=slug)
    if request.method == "POST":
        try:
            services.delete_draft(request.user, programme)
        except services.MovedMeanwhile:
            messages.warning(request, f"{programme.title} was started or deleted a moment ago. Nothing more was done.")
            return redirect("programmes:list")
        except InUse as in_use:
            messages.warning(request, str(in_use))
            return redirect("programmes:delete", slug=slug)
        messages.success(request, f"The draft {programme.title} is deleted.")
        return redirect("programmes:list")
    context = {
        "programme": programme,
        "goes": services.what_goes(programme),
        "stays": services.why_it_stays(programme),
    }
    return render(request, "programmes/delete.html", context)


def activate(request, programme):
    try:
        services.activate(request.user, programme)
    except services.NotReady as not_ready:
        task, gap = not_ready.missing[0]
        messages.warning(request, f"The programme was not started. {task.title}: {gap}")
        return redirect("programmes:check", slug=programme.slug)
    except services.MovedMeanwhile:
        messages.info(request, f"{programme.title} runs already.")
        return redirect(programme)
    messages.success(request, f"{programme.title} is running.")
    return redirect(programme)


def answers(programme, tasks):
    """Key, value and the page that changes it."""
    steps, points = list(programme.timetable.all()), list(programme.data_points.all())
    visits = sum(step.type == "visit" for step in steps)
    areas = programme.areas.prefetch_related("consultants__user")
    rows = [
        ("settings", "Name", programme.title),
        ("settings", "Organiser", str(programme.organisation)),
        ("settings", "Subjects", ", ".join(programme.subjects)),
        ("settings", "Year groups", ", ".join(map(year_words, programme.year_groups))),
        ("settings", "Release time", "Funded" if programme.funded else "Not funded"),
        ("settings", "Schools of other authorities", yes(programme.other_authorities)),
        ("settings", "Pupils by initials only", yes(programme.initials_only)),
        ("areas", "Areas", "; ".join(map(area_in_words, areas)) or "None"),
        ("term_dates", "Term dates", school_days_in_words(programme)),
        ("timetable", "Timetable", steps_in_words(len(steps), visits) if steps else "None yet"),
        ("timetable", "Funded half-days for each partnership", funded_in_words(steps) if programme.funded else ""),
        ("data_points", "Data points", "; ".join(f"{p.name}, {p.due_on:%-d %B %Y}" for p in points) or "None yet"),
        ("assessment", "Scale", render_to_string("programmes/_scale.html", {"name": programme.scale}).strip()),
        ("assessment", "Expected progress", points_in_words(programme)),
        ("assessment", "Expectations", expectations_in_words(programme)),
        ("criteria", "Success criteria", criteria_in_words(programme)),
        ("agreement", "Agreement text", agreement_in_words(programme)),
        ("staff", "Staff funded for training in each school", staff_in_words(programme)),
        ("staff", "Agreement looked at again", day_in_words(programme.agreement_revisited_on)),
    ]
    return [{"key": key, "value": value, "url": tasks[task].url} for task, key, value in rows if value]


def school_days_in_words(programme):
    calendar = calendar_of(programme.organisation_id)
    if not calendar.has_term_dates(programme.starts_on):
        return "Not entered yet"
    return f"Six half terms, {len(calendar.school_days_of_year(programme.starts_on))} school days"


def yes(value):
    return "Yes" if value else "No"


def area_in_words(area):
    names = [str(row.user) for row in area.consultants.all()]
    return f"{area.name}, with {' and '.join(names)}" if names else area.name


def funded_in_words(steps):
    specialist = sum(step.funded_specialist_half_days for step in steps)
    partner = sum(step.funded_partner_half_days for step in steps)
    return f"{specialist} for the specialist teacher\u2019s school, {partner} for the partner school"


def points_in_words(programme):
    if programme.expected_points is None:
        return "Not set"
    return f"{programme.expected_points.normalize():f} points from the first to the last data point"


def expectations_in_words(programme):
    rows = [f"{year_words(row.year_group)}: {row.met_from}" for row in programme.expectations.all()]
    return "; ".join(rows) or "None"


def criteria_in_words(programme):
    rows = [f"{row.target_pct}%: {row.get_measure_display()}" for row in programme.success_criteria.all()]
    return "; ".join(rows) or "None"


def agreement_in_words(programme):
    text = programme.agreement_texts.last()
    return f"Version {text.version}" if text else "Not saved yet"


def staff_in_words(programme):
    if not programme.funded:
        return ""
    return "No limit" if programme.staff_funded is None else str(programme.staff_funded)


def day_in_words(day):
    return f"{day:%A %-d %B %Y}" if day else "Not planned"


def steps_in_words(steps, visits):
    """13 steps, 7 of them visits; 2 steps, 1 of them a visit; 1 step, a visit."""
    if steps == 1:
        return "1 step, a visit" if visits else "1 step, not a visit"
    return f"{steps} steps, {visits} of them {'a visit' if visits == 1 else 'visits'}"
