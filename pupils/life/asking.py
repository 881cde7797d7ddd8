"""A day that speaks against grades that are there, or is far ahead, is asked about once and answered with a tick."""

import datetime as dt

from crispy_forms_gds.choices import Choice
from django import forms
from django.utils import timezone

from papers.templatetags.plain import listed
from pupils.models import Assessment, Place
from pupils.returns.counting import typed_in

FAR = dt.timedelta(days=60)


class Ticks(forms.MultipleChoiceField):
    """Its choice is made once something has been asked."""

    def valid_value(self, value):
        return True


class AsksAboutDay(forms.Form):
    """The tick is about the very day that was asked about: another one is asked about anew."""

    sure = Ticks(required=False, label="Is the day right?", widget=forms.MultipleHiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sure"] = self.fields.pop("sure")  # below what it is about

    def ask_about_day(self, day, remark):
        if not remark:
            return
        key = day.isoformat()
        choice = Choice(key, f"Yes, {day:%-d %B %Y} is right")
        field = self.fields["sure"]
        field.widget = forms.CheckboxSelectMultiple()
        field.choices = [choice]
        if key not in self.cleaned_data.get("sure", []):
            self.add_error("sure", remark)


def graded_outside(place: Place, since, until) -> list:
    """The data points at which the place has a grade, submitted or typed, although they are outside these days."""
    points = list(place.partnership.programme.data_points.all())
    given = set(
        Assessment.objects.filter(place=place, grade__isnull=False).order_by().values_list("data_point", flat=True)
    )
    typed = typed_in(place.partnership.programme, [place.partnership_id])
    graded = given | {point for (row, point), (has_grade, *_) in typed.items() if row == place.pk and has_grade}
    return [
        point
        for point in points
        if point.pk in graded and ((since and point.due_on < since) or (until and point.due_on >= until))
    ]


def remark_on_days(place: Place, since, until) -> str:
    """What speaks against this first day, or this end, as a sentence; empty where nothing does."""
    if points := graded_outside(place, since, until):
        outside = "before this day" if since else "after this day"
        which = listed([f"{point} ({point.due_on:%-d %B %Y})" for point in points])
        return (
            f"{place.pupil.full_name} has a grade for {which}, {outside}. It stays, and counts in results. Correct "
            "the day, or tick that it is right."
        )
    return ""


def remark_on_last(place: Place, last_on) -> str:
    """The same of a last day, which may be far ahead too."""
    ahead = last_on - timezone.localdate()
    remark = remark_on_days(place, None, last_on + dt.timedelta(days=1))
    if ahead > FAR and not remark:
        months = round(ahead.days / 30.4)
        return f"{last_on:%-d %B %Y} is {months} months ahead. Correct the day, or tick that it is right."
    return remark
