from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.utils import timezone

from accounts.models import Invitation, Organisation, School, User
from accounts.roles import IN_SCHOOL, MAY_INVITE, Role


class RowForm(ModelForm):
    """A ModelForm that checks every constraint of its row, and says of a blank field which one it is.

    Django passes over a constraint whose condition names a field that the form does not
    show, and the person then meets an IntegrityError instead of a sentence.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            label = str(field.label or "")
            field.error_messages["required"] = f"{label[:1].upper()}{label[1:]}: this is missing. Fill it in."

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
        fields = ["first_name", "last_name", "email", "role", "organisation", "school", "ends_on"]
        help_texts = {"email": "The link goes there, works once and for 14 days."}

    ends_on = forms.DateField(
        label="Last day in this role, for a deputy or a stand-in",
        help_text="For example 31/3/2027. Leave blank for a role without an end.",
        required=False,
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        giving = user.memberships_granting("people.invite")
        roles = {role for membership in giving for role in MAY_INVITE[membership.role]}
        self.fields["role"].choices = [("", "Choose a role")] + [(r.value, r.label) for r in Role if r in roles]
        heads_only = all(membership.role == Role.HEADTEACHER for membership in giving)
        if heads_only:
            self.fields["role"].choices = [
                ("", "Choose a role"),
                (Role.HEADTEACHER, "Deputy for the headteacher, until a day"),
                (Role.OFFICE, "School office"),
            ]
        organisations = Organisation.objects.allowed(user, "people.invite")
        if heads_only:
            organisations = Organisation.objects.filter(pk__in=[m.organisation_id for m in giving])
        self.fields["organisation"].queryset = organisations
        self.fields["organisation"].label = "Organisation"
        self.fields["organisation"].empty_label = None if len(organisations) == 1 else "Choose an organisation"
        self.fields["school"].queryset = School.objects.allowed(user, "people.invite").in_order()
        self.fields["school"].label = "School"
        self.fields["school"].help_text = "For partner teachers, headteachers and the school office."
        self.helper = FormHelper(self)
        self.helper.add_input(Submit("submit", "Send the invitation"))

    def clean_email(self):
        return self.cleaned_data["email"].strip().lower()

    def clean_ends_on(self):
        ends_on = self.cleaned_data["ends_on"]
        if ends_on and ends_on < timezone.localdate():
            raise ValidationError("The last day is in the past. Give a day from today on, or leave it blank.")
        return ends_on

    def clean(self):
        cleaned = super().clean()
        role, organisation, school = (cleaned.get(name) for name in ("role", "organisation", "school"))
        if not role:
            return cleaned
        if role in IN_SCHOOL and not school and "school" not in self.errors:
            self.add_error("school", "Choose the school in which this person works.")
        if role not in IN_SCHOOL:
            cleaned["school"] = self.instance.school = None
        if role == Role.ADMINISTRATOR:
            cleaned["organisation"] = self.instance.organisation = None
        elif not organisation and "organisation" not in self.errors:
            self.add_error("organisation", "Choose the organisation.")
        if not self.errors and not self.may_give(role, organisation, school):
            self.add_error("role", "You cannot give this role there. Choose one of your own organisation or school.")
        if self.names_a_deputy(role) and not cleaned.get("ends_on"):
            self.add_error("ends_on", "A deputy stands in until a day: give the last day.")
        return cleaned

    def may_give(self, role, organisation, school):
        """One membership of the person's must give both the role and the place."""
        for m in self.user.memberships_granting("people.invite"):
            if role not in MAY_INVITE[m.role]:
                continue
            own_place = organisation is not None and m.organisation_id == organisation.pk
            if m.role == Role.ADMINISTRATOR or (own_place and (m.role != Role.HEADTEACHER or m.school_id == school.pk)):
                return True
        return False

    def names_a_deputy(self, role):
        givers = self.user.memberships_granting("people.invite")
        return role == Role.HEADTEACHER and all(m.role == Role.HEADTEACHER for m in givers)


class AcceptForm(forms.ModelForm):
    """The name under which the person works; what was typed in the invitation may be misspelt."""

    class Meta:
        model = User
        fields = ["first_name", "last_name"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.add_input(Submit("submit", "Accept and sign in"))


class OrganisationForm(RowForm):
    class Meta:
        model = Organisation
        fields = ["kind", "name", "la_code"]
        help_texts = {"la_code": "Three digits, for example 881. Only for a local authority."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.add_input(Submit("submit", "Add the organisation"))
