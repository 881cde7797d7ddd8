import re
from urllib.parse import urlencode

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.giving import givers, gives
from accounts.models import Invitation, Organisation, User
from accounts.roles import DEPUTY_DOES, DOES, IN_SCHOOL, Role
from accounts.school_field import SchoolField
from accounts.services import has_role
from papers.sheets import Wrong, read_day

NOT_YOURSELF = "You cannot give yourself a role. Ask a colleague to invite you."


def with_button(form, label, name="submit", **attrs):
    """How our forms look: small bold labels, and one button that takes a second click for the first."""
    helper = FormHelper(form)
    helper.label_size = helper.legend_size = "s"
    helper.add_input(Submit(name, label, data_module="govuk-button", data_prevent_double_click="true", **attrs))
    return helper


def keep_names_plain(form):
    """Names go out in mails of plain text, so they are one line of words."""
    for name in {"first_name", "last_name"} & set(form.fields):
        field = form.fields[name]
        field.error_messages["max_length"] = "Keep the name to 100 characters."
        field.validators.append(
            RegexValidator(r"[<>\x00-\x1f\x7f]", "A name cannot contain < or >. Type it without.", inverse_match=True)
        )


def ask_first(form, person, email, role, organisation, school=None):
    """Says at the address that its holder has to be invited first, with the way there; of their name nothing."""
    if givers(person, role, organisation, school):
        asked = {"role": str(role), "email": email, "organisation": organisation.pk}
        query = urlencode(asked | ({"urn": school.urn} if school else {}))
        form["email"].help_text = format_html(
            '<a class="govuk-link" href="{}?{}">Invite the person with this address</a>',
            reverse("accounts:invite"),
            query,
        )
    form.add_error(
        "email",
        f"This address belongs to someone who does not work with {organisation} yet. Invite them first; once they have "
        "accepted they can be added here.",
    )


class DayInput(forms.DateInput):
    """A text box for a day; with scripts a calendar opens beside it."""

    def __init__(self, first=None, last=None, school_days=False):
        super().__init__()
        self.first, self.last, self.school_days = first, last, school_days

    def format_value(self, value):
        return day(value) if hasattr(value, "month") else value

    def render(self, name, value, attrs=None, renderer=None):
        limits = {"data-min-date": day(self.first), "data-max-date": day(self.last)}
        limits["data-excluded-days"] = "saturday sunday" if self.school_days else None
        given = flatatt({name: limit for name, limit in limits.items() if limit})
        box = super().render(name, value, attrs, renderer)
        return format_html('<div class="moj-datepicker" data-module="moj-date-picker"{}>{}</div>', given, box)


def day(on):
    return on and f"{on:%-d/%-m/%Y}"


class DayField(forms.DateField):
    """A day as people write it: 9/2/2027, 09-02-2027, 9 February 2027, 2027-02-09."""

    widget = DayInput

    def to_python(self, value):
        if value in self.empty_values or hasattr(value, "month"):
            return super().to_python(value)
        try:
            return read_day(" ".join(value.split()))
        except Wrong as wrong:
            raise ValidationError(f"{wrong.what} {wrong.mend}") from None


class RowForm(forms.ModelForm):
    """A ModelForm that checks every constraint of its row, and says of a blank field which one it is.

    Django passes over a constraint whose condition names a field that the form does not
    show, and the person then meets an IntegrityError instead of a sentence.
    """

    missing = {}  # field -> the sentence when it is left blank

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            label = str(field.label or "")
            filled_in = f"{label[:1].upper()}{label[1:]}: this is missing. Fill it in."
            field.error_messages["required"] = self.missing.get(name, filled_in)
            if "invalid_choice" in field.error_messages:
                field.error_messages["invalid_choice"] = "Choose from what is offered here."

    def validate_unique(self):
        super().validate_unique()
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self.add_error(None, error.messages)


class InvitationForm(RowForm):
    """Offers the roles and places that this person may give, and nothing else."""

    class Meta:
        model = Invitation
        fields = ["first_name", "last_name", "email", "role", "school", "organisation", "ends_on"]
        labels = {"email": "Email address", "role": "What will they do?"}
        help_texts = {"email": "The link goes to it. It works once, for 14 days or until the last day in the role."}
        widgets = {"role": forms.RadioSelect}
        error_messages = {"email": {"invalid": "Enter one email address, such as name@school.example."}}

    missing = {
        "first_name": "Enter the first name.",
        "last_name": "Enter the last name.",
        "email": "Enter the email address.",
        "role": "Choose what they will do.",
    }

    school = SchoolField(
        label="School",
        required=False,
        help_text="For partner teachers, headteachers and the school office. "
        "Type a part of the name, the town, the postcode or the URN.",
    )
    ends_on = DayField(label="Last day in this role, if there is one", required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        giving = user.memberships_granting("people.invite")
        roles = set().union(*map(gives, giving))
        heads_only = all(m.role == Role.HEADTEACHER for m in giving)
        self.fields["role"].choices = [
            Choice(role.value, "Deputy for the headteacher", hint=DEPUTY_DOES)
            if heads_only and role == Role.HEADTEACHER
            else Choice(role.value, role.label, hint=DOES[role])
            for role in Role
            if role in roles
        ]
        self.fields["ends_on"].help_text = (
            "For example 31/3/2027. A deputy needs one; for the school office leave it blank."
            if heads_only
            else "For example 31/3/2027. Leave it blank for a role without an end."
        )
        self.offer_school(roles, heads_only)
        self.offer_organisation(everywhere=any(m.role == Role.ADMINISTRATOR for m in giving))
        keep_names_plain(self)
        self.helper = with_button(self, "Send the invitation")

    def offer_school(self, roles, heads_only):
        schools = self.fields["school"].offer(self.user, "people.invite")
        if not roles & IN_SCHOOL:
            del self.fields["school"]
        elif heads_only and len(own := schools[:2]) == 1:
            self.instance.school = own[0]
            del self.fields["school"]

    def offer_organisation(self, everywhere):
        field = self.fields["organisation"]
        field.queryset = Organisation.objects.allowed(self.user, "people.invite")
        field.empty_label = "Choose an organisation"
        if len(field.queryset) == 1 and not everywhere:
            self.instance.organisation = field.queryset[0]
            del self.fields["organisation"]

    def clean_email(self):
        email = self.cleaned_data["email"].strip().lower()
        if email == self.user.email:
            raise ValidationError(NOT_YOURSELF)
        return email

    def clean_ends_on(self):
        ends_on = self.cleaned_data["ends_on"]
        if ends_on and ends_on < timezone.localdate():
            raise ValidationError("The last day is in the past. Give a day from today on, or leave it blank.")
        return ends_on

    def clean(self):
        cleaned = super().clean()
        role = cleaned.get("role")
        if not role:
            return cleaned
        school = cleaned.get("school", self.instance.school) if role in IN_SCHOOL else None
        organisation = cleaned.get("organisation", self.instance.organisation) if role != Role.ADMINISTRATOR else None
        cleaned["school"] = self.instance.school = school
        cleaned["organisation"] = self.instance.organisation = organisation
        if role in IN_SCHOOL and not school and "school" not in self.errors:
            self.add_error("school", "Choose the school in which this person works.")
        if role != Role.ADMINISTRATOR and not organisation and "organisation" not in self.errors:
            self.add_error("organisation", "Choose the organisation.")
        if not self.errors:
            self.check_giver(role, organisation, school, cleaned.get("ends_on"))
        return cleaned

    def validate_unique(self):
        super().validate_unique()
        if not self.errors and has_role(self.instance):
            self.add_error("email", "The person with this email address has this role already.")

    def check_giver(self, role, organisation, school, ends_on):
        """One membership of the person's must give both the role and the place."""
        found = givers(self.user, role, organisation, school)
        if not found:
            self.add_error("role", "You cannot give this role there. Choose one of your own organisation or school.")
        elif role == Role.HEADTEACHER and all(giver.role == role for giver in found) and not ends_on:
            self.add_error("ends_on", "A deputy stands in until a day: give the last day.")


class ReadyInvitationForm(RowForm):
    """For someone whom a programme has loaded: who, as what and where are known, and nothing is left to type."""

    class Meta:
        model = Invitation
        fields = []

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.helper = with_button(self, "Send the invitation")

    def clean(self):
        row = self.instance
        if row.email == self.user.email:
            raise ValidationError(NOT_YOURSELF)
        if not givers(self.user, row.role, row.organisation, row.school):
            raise ValidationError("You cannot give this role. The coordinator of the programme invites this person.")
        return super().clean()


class AcceptForm(forms.ModelForm):
    """The name under which the person works; what was typed in the invitation may be misspelt."""

    class Meta:
        model = User
        fields = ["first_name", "last_name"]
        error_messages = {
            "first_name": {"required": "Enter your first name."},
            "last_name": {"required": "Enter your last name."},
        }

    def __init__(self, *args, has_account=False, **kwargs):
        super().__init__(*args, **kwargs)
        if has_account:
            self.fields = {}
        else:
            self.fields["first_name"].widget.attrs["autocomplete"] = "given-name"
            self.fields["last_name"].widget.attrs["autocomplete"] = "family-name"
        keep_names_plain(self)
        self.helper = with_button(self, "Accept" if has_account else "Accept and sign in")


class OrganisationForm(RowForm):
    class Meta:
        model = Organisation
        fields = ["kind", "name", "la_code"]
        help_texts = {"la_code": "Three digits, for example 881. Only for a local authority."}
        widgets = {"kind": forms.RadioSelect}

    missing = {"kind": "Choose the kind.", "name": "Enter the name."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["la_code"].widget.attrs["class"] = "govuk-input--width-3"
        self.helper = with_button(self, "Add the organisation")

    def clean_la_code(self):
        code = self.cleaned_data["la_code"].strip()
        if code and not re.fullmatch("[0-9]{3}", code):
            raise ValidationError("An LA code has three digits, such as 881.")
        return code
