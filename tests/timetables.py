"""Timetables for tests: the templates that are shipped."""

from programmes.models import TimetableTemplate
from programmes.timetables import load_templates


def template_called(name):
    load_templates()
    return TimetableTemplate.objects.get(organisation=None, name=name)
