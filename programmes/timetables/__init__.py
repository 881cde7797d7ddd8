"""The timetables that are shipped, as files beside this one; a service writes them to the database.

They are not rows of a migration: tests that empty the tables would lose them, and a release may mend one.
"""

import tomllib
from functools import cache
from pathlib import Path

from django.db import transaction

from programmes.models import TemplateStep, TimetableTemplate

FOLDER = Path(__file__).parent


@cache
def shipped() -> tuple[dict, ...]:
    """The files, each with its steps in full."""
    return tuple(tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml")))


def fields_of(order, step):
    first, last = step["weeks"][0], step["weeks"][-1]
    specialist, partner = step.get("funded", [0, 0])
    return {
        "order": order,
        "type": step["type"],
        "name": step["name"],
        "half_term": step["half_term"],
        "first_week": first,
        "last_week": last,
        "half_days": step["half_days"],
        "host": step.get("host", ""),
        "audience": step.get("audience", ""),
        "funded_specialist_half_days": specialist,
        "funded_partner_half_days": partner,
        "required": step.get("required", True),
        "records": step.get("records", ""),
    }


@transaction.atomic
def load_templates() -> list[TimetableTemplate]:
    """The shipped templates as rows, as their files say. They are written where they are missing or differ."""
    found = []
    standing = {
        template.name: template
        for template in TimetableTemplate.objects.filter(organisation=None).prefetch_related("steps")
    }
    for file in shipped():
        template = standing.get(file["name"])
        wanted = [fields_of(order, step) for order, step in enumerate(file["steps"], 1)]
        if template is None or template.description != file["description"] or steps_of(template) != wanted:
            template = written(file, wanted)
        found.append(template)
    return found


def steps_of(template):
    return [{name: getattr(step, name) for name in fields_of(0, EMPTY)} for step in template.steps.all()]


EMPTY = {"type": "", "name": "", "half_term": 1, "weeks": [1], "half_days": 0}


def written(file, wanted):
    template, _ = TimetableTemplate.objects.update_or_create(
        organisation=None, name=file["name"], defaults={"description": file["description"]}
    )
    template = TimetableTemplate.objects.select_for_update().get(pk=template.pk)
    template.steps.all().delete()
    TemplateStep.objects.bulk_create(TemplateStep(template=template, **fields) for fields in wanted)
    return template
