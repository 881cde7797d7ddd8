from crispy_forms_gds.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from accounts.boxes import TextArea
from accounts.filters import FilterForm
from accounts.forms import NOT_YOURSELF, DayField, DayInput, RowForm, ask_first, keep_names_plain, with_button
from accounts.roles import Role
from accounts.school_field import SchoolField
from accounts.services import NotOfHere, OwnInvitation
from papers.templatetags.plain import year_words
from programmes.forms.choosing import SuggestInput, several, subjects_of, years_of
from programmes.models import ConflictOfInterest, Nomination, SpecialistTeacher
from programmes.services import specialists
from programmes.services.consultants import consultants_of
from programmes.services.people import TAKES_PART

Status = SpecialistTeacher.Status
UNKNOWN = "-"
THERE = "The person with this email address is a specialist teacher of this programme already."
NOT_YET = "This day is still to come. Give today or an earlier day."


class SpecialistFilter(FilterForm):
    """Narrows the list of a programme's specialist teachers."""

    status = forms.ChoiceField(required=False)
    subject = forms.ChoiceField(required=False)
    room = forms.ChoiceField(
        label="Partnerships",
        required=False,
        choices=[
            ("", "Any"),
            ("free", "Can take another one"),
            ("none", "Full, or has left"),
            ("full", "Has all they can take"),
            ("unset", "To take none"),
        ],
    )

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [("", "Any status"), *Status.choices]
        self.fields["subject"].choices = [
            ("", "Any subject"),
            *subjects_of(programme),
            (UNKNOWN, "No subject or no year group entered"),
        ]

    def fitting(self, rows, asked):
        if asked["status"]:
            rows = rows.filter(status=asked["status"])
        if asked["subject"] == UNKNOWN:
            rows = rows.filter(Q(subjects=[]) | Q(year_groups=[]))
        elif asked["subject"]:
            rows = rows.filter(subjects__contains=[asked["subject"]])
        return self.with_room_as_asked(rows, asked["room"])

    def with_room_as_asked(self, rows, room):
        if room == "unset":
            return rows.filter(partnerships_wanted=0)
        if room == "full":
            rows = rows.filter(partnerships_wanted__gt=0, status__in=TAKES_PART)
        return rows if not room else rows.with_room() if room == "free" else rows.without_room()


class AddSpecialistForm(RowForm):
    """Someone who is put forward: the person, the home school, and what they could take on."""

    class Meta:
        model = SpecialistTeacher
        fields = ["partnerships_wanted"]
        labels = {"partnerships_wanted": "How many partnerships could they take?"}

    missing = {
        "first_name": "Enter the first name.",
        "last_name": "Enter the last name.",
        "email": "Enter the email address.",
        "home_school": "Choose the home school.",
        "on": "Enter the day.",
        "partnerships_wanted": "Say how many partnerships they could take.",
    }

    first_name = forms.CharField(max_length=100)
    last_name = forms.CharField(max_length=100)
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        help_text="They get no mail yet. They can sign in once you have invited them.",
        error_messages={"invalid": "Enter one email address, such as name@school.example."},
    )
    home_school = SchoolField(
        label="Home school",
        help_text="Where they teach. Type a part of the name, the town, the postcode or the URN.",
    )
    on = DayField(label="Put forward on")

    def __init__(self, *args, user, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.instance.programme = programme
        self.fields["home_school"].offer(user, "schools.search")
        self.fields["subjects"] = several(subjects_of(programme), "Subjects", required=False)
        self.fields["year_groups"] = several(years_of(programme), "Year groups", required=False, coerce=int)
        self.fields["on"].widget = DayInput(last=timezone.localdate())
        self.initial.setdefault("on", timezone.localdate())
        keep_names_plain(self)
        self.order_fields(
            ["first_name", "last_name", "email", "home_school", "subjects", "year_groups", "partnerships_wanted", "on"]
        )
        self.helper = with_button(self, "Add to the programme")
        self.helper.add_input(Submit("another", "Add, and enter another", css_class="govuk-button--secondary"))

    def clean_email(self):
        email = self.cleaned_data["email"].strip().lower()
        if email == self.user.email:
            raise ValidationError(f"This is your own address. {NOT_YOURSELF}")
        there = SpecialistTeacher.objects.allowed(self.user, "recruiting.manage")
        if there.filter(programme=self.instance.programme, user__email=email).exists():
            raise ValidationError(THERE)
        return email

    def clean_on(self):
        return not_yet(self.cleaned_data["on"])

    def save(self):
        """The specialist teacher; None and a sentence on the form when it is an address that cannot be taken."""
        try:
            return specialists.add_specialist(self.user, self.instance.programme, **self.cleaned_data)
        except OwnInvitation:
            self.add_error("email", f"This is your own address. {NOT_YOURSELF}")
        except NotOfHere:
            email, organisation = self.cleaned_data["email"], self.instance.programme.organisation
            ask_first(self, self.user, email, Role.SPECIALIST, organisation)
        except specialists.AlreadyThere:
            self.add_error("email", THERE)
        return None


def not_yet(on):
    if on > timezone.localdate():
        raise ValidationError(NOT_YET)
    return on


class SpecialistForm(RowForm):
    """What a specialist teacher teaches and can take on, and who stands by them."""

    class Meta:
        model = SpecialistTeacher
        fields = ["partnerships_wanted", "joined", "consultant", "coach", "outcome"]
        labels = {
            "partnerships_wanted": "How many partnerships can they take?",
            "joined": "Joined",
            "consultant": "Link consultant",
            "coach": "Coached by",
            "outcome": "What came of it",
        }
        help_texts = {
            "joined": "For example 2026, or “pilot”.",
            "consultant": "From then on the consultant sees this teacher's partnerships, visits and results.",
            "coach": "A more experienced specialist teacher of this programme.",
            "outcome": "Where they stand after the programme, for example a deputy headship.",
        }
        widgets = {"outcome": SuggestInput(specialists.OUTCOMES)}

    missing = {"partnerships_wanted": "Say how many partnerships they can take."}

    buddy = forms.ModelChoiceField(
        SpecialistTeacher.objects.none(),
        label="Working buddy",
        required=False,
        empty_label="Nobody",
        help_text="They are each other's. Whoever has one already is not offered.",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, programme = user, self.instance.programme
        others = (
            SpecialistTeacher.objects.allowed(user, "recruiting.manage")
            .filter(programme=programme)
            .exclude(pk=self.instance.pk)
            .select_related("user", "home_school")
            .order_by("user__last_name", "user__first_name", "pk")
        )
        here = others.exclude(status=Status.WITHDRAWN)
        self.fields["buddy"].queryset = here.filter(buddy=None) | others.filter(pk=self.instance.buddy_id)
        self.fields["coach"].queryset = here | others.filter(pk=self.instance.coach_id)
        for name in ("buddy", "coach"):
            self.fields[name].label_from_instance = lambda s: (
                f"{s.user.last_name}, {s.user.first_name}: {s.home_school}"
            )
        self.fields["coach"].empty_label = self.fields["consultant"].empty_label = "Nobody"
        self.fields["consultant"].queryset = consultants_of(programme.organisation_id)
        self.fields["subjects"] = several(
            self.with_own(subjects_of(programme), self.instance.subjects, str.capitalize),
            "Subjects",
            required=False,
            initial=self.instance.subjects,
        )
        self.fields["year_groups"] = several(
            self.with_own(years_of(programme), self.instance.year_groups, year_words),
            "Year groups",
            required=False,
            coerce=int,
            initial=self.instance.year_groups,
        )
        self.initial["buddy"] = self.instance.buddy_id
        self.fields["buddy"].error_messages["invalid_choice"] = (
            "Choose one of those that are offered: others have a working buddy already."
        )
        self.fields["joined"].widget.attrs["class"] = "govuk-input--width-10"
        self.order_fields(["subjects", "year_groups", "partnerships_wanted", "joined", "consultant", "buddy", "coach"])
        self.helper = with_button(self, "Save")

    @staticmethod
    def with_own(offered, own, label):
        """What the programme offers, and what stands in the row though the programme does not have it."""
        known = [value for value, _ in offered]
        return offered + [(value, label(value)) for value in own if value not in known]

    def clean_coach(self):
        coach = self.cleaned_data["coach"]
        if coach and coach.coach_id == self.instance.pk:
            raise ValidationError(f"{self.instance} coaches {coach}: it cannot be both ways round.")
        return coach

    def save(self):
        """The row; None and a sentence on the form when the buddy has found another one meanwhile."""
        row = self.instance
        row.subjects, row.year_groups = self.cleaned_data["subjects"], self.cleaned_data["year_groups"]
        fields = [*self.Meta.fields, "subjects", "year_groups"]
        try:
            return specialists.change_specialist(self.user, row, fields, self.cleaned_data["buddy"])
        except specialists.BuddyTaken:
            self.add_error("buddy", f"{self.cleaned_data['buddy']} has found another working buddy a moment ago.")
            return None


class NominationForm(RowForm):
    """Facts about why someone was put forward. Never a grade."""

    class Meta:
        model = Nomination
        fields = ["nominated_by", "nominated_on", "excellent_practice", "communication_skills", "note"]
        labels = {
            "nominated_by": "Nominated by",
            "excellent_practice": "Excellent practice",
            "communication_skills": "Communication skills",
            "note": "Factual note",
        }
        help_texts = {
            "nominated_by": "Name and role, for example “The headteacher of Alder Primary School”.",
            "note": "What was said or seen that shows it. No grade of a lesson and no judgement of a teacher. Only "
            "coordinators read it, and the teacher is given it on request. Do not record safeguarding concerns here.",
        }
        widgets = {"note": TextArea(attrs={"rows": 6})}

    missing = {"nominated_by": "Say who nominated them.", "nominated_on": "Enter the day."}

    nominated_on = DayField(label="Nominated on")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["nominated_on"].widget = DayInput(last=timezone.localdate())
        self.order_fields(["nominated_by", "nominated_on"])
        self.helper = with_button(self, "Save the nomination")

    def clean_nominated_on(self):
        return not_yet(self.cleaned_data["nominated_on"])

    def save(self):
        return specialists.keep_nomination(self.user, self.instance)


class SpecialistMoveForm(forms.Form):
    """The next step of a specialist teacher, with its day; why, when they withdraw."""

    status = forms.ChoiceField(
        label="What happens", error_messages={"required": "Choose what happens."}, widget=forms.RadioSelect
    )
    on = DayField(label="On", error_messages={"required": "Enter the day."})
    reason = forms.CharField(
        label="Why, if they withdraw",
        required=False,
        max_length=200,
        help_text="One sentence. Coordinators read it.",
        error_messages={"max_length": "Keep it to 200 characters."},
    )
    WORDS = {
        Status.RECRUITED: "Recruited",
        Status.TRAINED: "Trained",
        Status.ACTIVE: "Active",
        Status.WITHDRAWN: "Withdraws",
        Status.COMPLETED: "Completed the programme",
    }

    def __init__(self, *args, specialist, **kwargs):
        super().__init__(*args, **kwargs)
        self.specialist = specialist
        steps = specialists.next_steps(specialist)
        self.fields["status"].choices = [(status, self.WORDS[status]) for status in steps]
        self.fields["status"].error_messages["invalid_choice"] = (
            f"{specialist} is {specialist.get_status_display().lower()} now: choose from what is offered here."
        )
        self.fields["on"].widget = DayInput(last=timezone.localdate())
        self.fields["on"].initial = timezone.localdate()
        self.helper = with_button(self, "Save")

    def save(self, person):
        """The specialist teacher moved; None and a sentence on the form when that was not open."""
        asked = self.cleaned_data
        try:
            return specialists.move_specialist(
                person, self.specialist, asked["status"], on=asked["on"], reason=asked["reason"].strip()
            )
        except specialists.WrongStep as wrong:
            self.add_error("reason" if "why" in str(wrong) else "on" if " day" in str(wrong) else None, str(wrong))
            return None


class ConflictForm(RowForm):
    class Meta:
        model = ConflictOfInterest
        fields = ["declared_by"]
        help_texts = {"declared_by": "For example “The teacher”, or a name and role. No reason is asked."}

    missing = {"declared_by": "Say who declared it.", "school": "Choose the school."}

    school = SchoolField(label="School")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["school"].offer(user, "schools.search")
        self.order_fields(["school"])
        self.helper = with_button(self, "Declare the conflict")

    def clean_school(self):
        self.instance.school = self.cleaned_data["school"]
        return self.instance.school

    def save(self):
        return specialists.declare_conflict(self.user, self.instance)
