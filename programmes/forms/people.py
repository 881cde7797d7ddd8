from crispy_forms_gds.choices import Choice
from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import NOT_YOURSELF, DayField, DayInput, ask_first, keep_names_plain, with_button
from accounts.roles import Role
from accounts.services import NotOfHere, OwnInvitation
from papers.templatetags.plain import listed
from programmes.models import SpecialistTeacher
from programmes.services import people
from programmes.services.held import earliest, last_held, why_too_early

SOMEONE_ELSE, NOBODY = "someone else", "nobody"
OFFERED = "Choose from what is offered here."


class ChangeForm(forms.Form):
    """A change of the people of a partnership from a day on; a replaced person's reason comes from a list."""

    on = DayField(label="From which day", error_messages={"required": "Enter the day."})
    because = forms.ChoiceField(
        label="Why?",
        widget=forms.RadioSelect,
        choices=[(reason, reason) for reason in people.BECAUSE],
        error_messages={"required": "Choose why.", "invalid_choice": OFFERED},
    )

    def __init__(self, *args, person, partnership, since, leaving=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.person, self.partnership = person, partnership
        self.held = last_held(partnership, leaving) if leaving else None
        self.days = first, last = people.days_for(partnership, since)
        first = min(earliest(first, self.held, same_day=False), last)
        day = self.fields["on"]
        day.widget, day.initial = DayInput(first, last), last
        day.help_text = (
            f"The first day of whoever joins, from {first:%-d/%-m/%Y} to {last:%-d/%-m/%Y}. It takes effect at once."
        )

    def clean_on(self):
        on, (first, last) = self.cleaned_data["on"], self.days
        if not first <= on <= last:
            raise ValidationError(f"Give a day from {first:%-d %B %Y} to {last:%-d %B %Y}.")
        if sentence := why_too_early(on, self.held, same_day=False):
            raise ValidationError(sentence)
        return on

    def attempt(self, change, *args, **given):
        """What the change gives; None and a sentence on the form where it cannot be made."""
        try:
            return change(self.person, *args, on=self.cleaned_data["on"], **given)
        except OwnInvitation:
            self.add_error("email", NOT_YOURSELF)
        except NotOfHere:
            organisation, school = self.partnership.programme.organisation, self.partnership.partner_school
            ask_first(self, self.person, given["email"], Role.PARTNER, organisation, school)
        except people.CannotChange as error:
            self.add_error(None, str(error))
        return None


class PartnerTeacherForm(ChangeForm):
    """A partner teacher: someone with a role in the school already, or a name and an address."""

    who = forms.ChoiceField(
        label="Who?", widget=forms.RadioSelect, error_messages={"required": "Choose who.", "invalid_choice": OFFERED}
    )
    first_name = forms.CharField(max_length=100, required=False)
    last_name = forms.CharField(max_length=100, required=False)
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        required=False,
        help_text="Nothing is sent to it yet. Invite the person afterwards, from the page of the partnership.",
        error_messages={"invalid": "Enter one email address, such as name@school.example."},
    )

    def __init__(self, *args, replaced=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.replaced = replaced
        self.known = {str(user.pk): user for user in people.known_at_school(self.person, self.partnership)}
        who = self.fields["who"]
        who.label = "Who follows?" if replaced else "Who joins?"
        who.choices = [
            *[Choice(pk, str(user), hint=listed(dict.fromkeys(user.known_as))) for pk, user in self.known.items()],
            Choice(SOMEONE_ELSE, "Someone else", hint="Give the name and the email address below."),
        ]
        if replaced:
            who.choices += [
                Choice(NOBODY, "Nobody yet", hint="Visits to come stay booked until somebody follows or they move.")
            ]
        else:
            del self.fields["because"]
        if len(who.choices) == 1:
            del self.fields["who"]
        keep_names_plain(self)
        self.order_fields(["who", "first_name", "last_name", "email", "on", "because"])
        self.helper = with_button(self, f"Replace {replaced.user}" if replaced else "Add the partner teacher")

    @property
    def choice(self):
        return self.cleaned_data.get("who", SOMEONE_ELSE)

    def clean(self):
        cleaned = super().clean()
        if "who" in self.errors or self.choice != SOMEONE_ELSE:
            return cleaned
        for name, what in {"first_name": "the first name", "last_name": "the last name", "email": "the email"}.items():
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, f"Enter {what}{' address' if name == 'email' else ''}.")
        return cleaned

    def whom(self):
        """The address and the name; none where nobody follows yet."""
        if self.choice == NOBODY:
            return {}
        if self.choice != SOMEONE_ELSE:
            return {"email": self.known[self.choice].email}
        return {name: self.cleaned_data[name].strip() for name in ("email", "first_name", "last_name")}

    def save(self):
        """True when it is done."""
        if self.replaced:
            because = self.cleaned_data["because"]
            self.attempt(people.replace_partner_teacher, self.replaced, because=because, **self.whom())
        else:
            self.attempt(people.add_partner_teacher, self.partnership, **self.whom())
        return not self.errors


class SpecialistForm(ChangeForm):
    """Another specialist teacher of the programme: those with room are offered, the fitting ones first."""

    successor = forms.ModelChoiceField(
        SpecialistTeacher.objects.none(),
        label="Who follows?",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": "Choose who follows.",
            "invalid_choice": "This specialist teacher cannot take the partnership any more. Choose someone else.",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.offered = list(people.may_follow(self.partnership))
        field = self.fields["successor"]
        field.queryset = people.may_follow(self.partnership)
        field.choices = [Choice(row.pk, str(row), hint=self.hint(row)) for row in self.offered]
        self.order_fields(["successor", "on", "because"])
        self.helper = with_button(self, f"Replace {self.partnership.specialist}")

    def hint(self, row):
        years = [str(year) for year in sorted(row.year_groups)]
        subjects = listed(row.subjects) or "No subject given"
        what = f"{subjects}, Year{'s' if len(years) > 1 else ''} {listed(years)}" if years else subjects
        load = f"has {row.taken} of {row.partnerships_wanted} partnerships"
        return f"{row.home_school}: {what}, {load}. {self.how_it_fits(row)}"

    def how_it_fits(self, row):
        if row.fits:
            return "Fits"
        return "Other year groups" if row.teaches_it else f"Does not teach {self.partnership.subject}"

    def save(self):
        """True when it is done."""
        given = self.cleaned_data
        self.attempt(people.replace_specialist, self.partnership, given["successor"], because=given["because"])
        return not self.errors
