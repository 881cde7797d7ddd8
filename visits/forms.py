import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms import DayField, DayInput, RowForm, with_button
from accounts.models import User
from papers.templatetags.plain import listed
from programmes.models import Partnership
from visits import services
from visits.models import Half, NotOpenToVisits, Visit, WrongState
from visits.planning.objections import never_then

FEW = 8
SATURDAY = 5


class PartnershipChoice(forms.Form):
    """Which partnership a new visit is for: one that has not ended, of a programme that is not closed."""

    partnership = forms.ModelChoiceField(
        Partnership.objects.none(),
        empty_label="Choose a partnership",
        error_messages={
            "required": "Choose a partnership.",
            "invalid_choice": "Choose one of the partnerships that are offered here.",
        },
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        rows = may_be_visited(user).with_people().order_by("partner_school__name", "ref")
        field = self.fields["partnership"]
        if rows.count() <= FEW:
            field.widget, field.empty_label = forms.RadioSelect(), None
        field.queryset = rows
        field.label_from_instance = lambda p: f"{p.partner_school}: {p.label}, {p.specialist} ({p.ref})"
        self.helper = with_button(self, "Continue", name="")
        self.helper.form_method = "get"


def may_be_visited(user):
    return Partnership.objects.allowed(user, "visits.plan").open_to_visits()


class VisitForm(RowForm):
    """A visit of one partnership. The people offered are its own: both sides, and the area's consultants."""

    class Meta:
        model = Visit
        fields = ["kind", "on", "half", "host"]
        labels = {"kind": "Kind of visit"}
        widgets = {"half": forms.RadioSelect, "host": forms.RadioSelect}

    missing = {
        "kind": "Choose the kind of visit.",
        "on": "Enter the day.",
        "half": "Choose the morning or the afternoon.",
        "host": "Choose the school where it takes place.",
        "people": "Choose at least one person.",
    }

    on = DayField(label="Day")
    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Who is there",
        help_text="This half-day is then booked for them. The partner teacher stands for the class.",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.partnership = self.instance.partnership
        self.offer_people()
        self.offer_schools()
        programme = self.partnership.programme
        self.fields["on"].widget = DayInput(programme.starts_on, programme.ends_on, school_days=True)
        self.fields["on"].help_text = f"A weekday in the programme's year, for example {example_day(programme)}."
        self.fields["kind"].choices = [("", "Choose a kind"), *Visit.Kind.choices]
        self.fields["half"].choices = [(Half.MORNING, "Morning"), (Half.AFTERNOON, "Afternoon")]
        self.order_fields(["kind", "host", "on", "half", "people"])
        self.helper = with_button(self, "Save the visit")

    def offer_people(self):
        field = self.fields["people"]
        booked, gone = services.booked_and_gone(self.instance)
        if gone:
            booked = list(dict.fromkeys([*booked, *self.partnership.teachers]))
            left = f"{listed(gone)} {'has' if len(gone) == 1 else 'have'} left this partnership"
            field.help_text = f"{left}: choose who comes instead. This half-day is then booked for them."
        field.queryset = services.who_may_come(self.partnership, booked)
        field.initial = [someone.pk for someone in booked or self.partnership.teachers]

    def offer_schools(self):
        field = self.fields["host"]
        field.queryset = services.schools_of(self.partnership)
        field.label, field.empty_label = "Where", None
        if not self.instance.pk:
            self.initial["host"] = self.partnership.partner_school_id

    def clean_on(self):
        on = day_of_the_year(self.partnership.programme, self.cleaned_data["on"])
        if self.instance.pk and on < timezone.localdate() <= self.instance.on:
            raise ValidationError("This day is past, and the visit is still to come. Give a day from today on.")
        return on

    def validate_unique(self):
        """The very same visit, sent twice, is not in the way of itself.

        It is looked for last: a second click may come while the first is being saved.
        """
        sound, self.standing = not self.errors, None
        super().validate_unique()
        if sound and not self.instance.pk:
            self.standing = services.same_visit(self.instance, self.cleaned_data["people"])
        if self.standing:
            self.errors.clear()
        elif sound and not self.errors:
            self.look_at_the_half_day()

    def look_at_the_half_day(self):
        """PPA, closures and days away keep a visit away, by whatever form somebody writes it."""
        if self.instance.pk and not {"on", "half", "host", "people"} & set(self.changed_data):
            return
        for sentence in never_then(self.user, self.instance, self.cleaned_data["people"], timezone.localdate()):
            self.add_error("on", sentence)

    def save(self):
        """The visit with its bookings; None and a sentence on the form when someone is booked already."""
        people, new = list(self.cleaned_data["people"]), self.instance.pk is None
        if self.standing:
            return self.standing
        try:
            return services.keep_visit(self.user, self.instance, people)
        except NotOpenToVisits:
            self.add_error(
                None, "This partnership was paused or ended a moment ago, so nothing was saved. See how it stands now."
            )
            return None
        except WrongState:
            self.add_error(
                None, "Someone else changed this visit a moment ago, and nothing was saved. Look at it again."
            )
            return None
        except services.Taken as taken:
            if new and (standing := services.same_visit(self.instance, people)):
                return standing
            for booking in taken.bookings:
                self.add_error("people", who_is_booked(self.user, booking))
            if not taken.bookings:
                self.add_error("people", "Someone was booked a moment ago. Save again to see who.")
            return None


def day_of_the_year(programme, on):
    """The day, if visits of the programme can be on it."""
    if not programme.starts_on <= on <= programme.ends_on:
        raise ValidationError(
            f"This day is outside the programme's year: give one from {programme.starts_on:%-d %B %Y} "
            f"to {programme.ends_on:%-d %B %Y}."
        )
    if on.weekday() >= SATURDAY:
        raise ValidationError(f"{on:%-d %B %Y} is a {on:%A}. Give a weekday.")
    return on


def who_is_booked(user, booking, mend="Choose another half-day."):
    """Who is booked where; of a visit that is out of this person's reach only that there is one."""
    when = f"{booking.on:%A %-d %B}, {booking.get_half_display()}"
    if Visit.objects.allowed(user, "visits.view").filter(pk=booking.visit_id).exists():
        where = f"{booking.visit.get_kind_display().lower()} at {booking.visit.host}"
        return f"{booking.person} is booked on {when}: {where}. {mend}"
    return f"{booking.person} is booked on {when}. {mend}"


def example_day(programme):
    """A weekday in the middle of the programme's year, so that day and month cannot be mixed up."""
    day = programme.starts_on + (programme.ends_on - programme.starts_on) / 2
    while day.weekday() >= SATURDAY or day.day <= 12:
        day += dt.timedelta(days=1)
    return f"{day:%-d/%-m/%Y}"


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Why?",
        help_text="One sentence for the other side. Do not name pupils, and do not record safeguarding concerns "
        "here: tell your designated safeguarding lead.",
        max_length=200,
        error_messages={"required": "Say why, in one sentence.", "max_length": "Keep it to 200 characters."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Cancel the visit", css_class="govuk-button--warning")
