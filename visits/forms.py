from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Submit
from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import RowForm
from accounts.models import School, User
from programmes.models import AreaConsultant, Partnership
from visits import services
from visits.models import Visit


class PartnershipChoice(forms.Form):
    """Which partnership a new visit is for: one that has not ended, of a programme that is not closed."""

    partnership = forms.ModelChoiceField(Partnership.objects.none(), empty_label="Choose a partnership")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["partnership"]
        field.queryset = may_be_visited(user).with_people()
        field.label_from_instance = lambda p: f"{p.partner_school}: {p.label}, {p.specialist} ({p.ref})"
        self.helper = FormHelper(self)
        self.helper.add_input(Submit("submit", "Continue"))


def may_be_visited(user):
    open_to = [Partnership.Status.AGREED, Partnership.Status.ACTIVE]
    return (
        Partnership.objects.allowed(user, "visits.plan").filter(status__in=open_to).exclude(programme__status="closed")
    )


class VisitForm(RowForm):
    """A visit of one partnership. The people offered are its own: both sides, and the area's consultants."""

    class Meta:
        model = Visit
        fields = ["kind", "on", "half", "host"]
        widgets = {"half": forms.RadioSelect, "host": forms.RadioSelect}

    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Who is there",
        help_text="Their half-day is booked. The partner teacher stands for the class.",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        partnership = self.partnership = self.instance.partnership
        sides = [partnership.specialist.user, *partnership.current_partner_teachers]
        consultants = AreaConsultant.objects.filter(area=partnership.area_id).values_list("user", flat=True)
        booked = list(self.instance.people.all()) if self.instance.pk else []
        self.fields["people"].queryset = User.objects.filter(
            pk__in={*(someone.pk for someone in [*sides, *booked]), *consultants}
        ).order_by("last_name", "first_name")
        self.fields["people"].initial = [someone.pk for someone in booked or sides]
        schools = [partnership.partner_school_id, partnership.specialist.home_school_id]
        self.fields["host"].queryset = School.objects.filter(pk__in=schools)
        self.fields["host"].label = "Where"
        self.fields["host"].empty_label = None
        if not self.instance.pk:
            self.fields["host"].initial = partnership.partner_school_id
        self.fields["half"].choices = [("am", "Morning"), ("pm", "Afternoon")]
        self.fields["on"] = forms.DateField(label="Day", help_text="For example 9/2/2027")
        self.fields["on"].initial = self.instance.on
        self.order_fields(["kind", "on", "half", "host", "people"])
        self.helper = FormHelper(self)
        self.helper.add_input(Submit("submit", "Save the visit"))

    def clean_on(self):
        on, programme = self.cleaned_data["on"], self.partnership.programme
        if not programme.starts_on <= on <= programme.ends_on:
            raise ValidationError(
                f"This day is outside the programme's year: give one from {programme.starts_on:%-d %B %Y} "
                f"to {programme.ends_on:%-d %B %Y}."
            )
        if on.weekday() >= 5:
            raise ValidationError(f"{on:%-d %B %Y} is a {on:%A}. Give a school day.")
        return on

    def save(self):
        """The visit with its bookings; None and a sentence on the form when someone is booked already."""
        try:
            return services.keep_visit(self.user, self.instance, list(self.cleaned_data["people"]))
        except services.Taken as taken:
            for booking in taken.bookings:
                self.add_error("people", self.sentence(booking))
            if not taken.bookings:
                self.add_error("people", "Someone was booked a moment ago. Save again to see who.")
            return None

    def sentence(self, booking):
        """Who is booked where; of a visit that is out of this person's reach only that there is one."""
        when = f"{booking.on:%A %-d %B}, {booking.get_half_display()}"
        if Visit.objects.allowed(self.user, "visits.view").filter(pk=booking.visit_id).exists():
            where = f"{booking.visit.get_kind_display().lower()} at {booking.visit.host}"
            return f"{booking.person} is booked on {when}: {where}. Choose another half-day."
        return f"{booking.person} is booked on {when}. Choose another half-day."


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Why is it cancelled?",
        help_text="One sentence for the other side. Do not name pupils.",
        max_length=200,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.add_input(Submit("submit", "Cancel the visit", css_class="govuk-button--warning"))
