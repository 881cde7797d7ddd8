"""Many invitations: who is ticked, and for heads whom nobody has loaded the name and the address."""

from collections import Counter

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import NOT_YOURSELF, keep_names_plain
from accounts.models import Membership

MOST = 100  # rows on one page: once these are invited the next come


class HeadForm(forms.Form):
    """The head of a school, in a row of the list."""

    first_name = forms.CharField(max_length=100, error_messages={"required": "Enter the first name."})
    last_name = forms.CharField(max_length=100, error_messages={"required": "Enter the last name."})
    email = forms.EmailField(
        max_length=254,
        label="Email address",
        error_messages={
            "required": "Enter the email address.",
            "invalid": "Enter one email address, such as head@school.example.",
            "max_length": "An email address has at most 254 characters.",
        },
    )

    def __init__(self, *args, waiting, **kwargs):
        super().__init__(*args, prefix=waiting.key, **kwargs)
        self.waiting = waiting
        for name, field in self.fields.items():
            field.widget = forms.TextInput({"spellcheck": "false", "autocomplete": "off"})
            field.label = f"{field.label or name.replace('_', ' ').capitalize()}"
            self.initial.setdefault(name, getattr(waiting, name))
        keep_names_plain(self)

    def clean_email(self):
        return self.cleaned_data["email"].strip().lower()


class Row:
    """Somebody in the list: whether ticked, and the form of whoever has no address yet."""

    def __init__(self, waiting, ticked, form):
        self.waiting, self.ticked, self.form = waiting, ticked, form

    @property
    def who(self):
        """Names and address, as they are kept."""
        given = self.form.cleaned_data if self.form else vars(self.waiting)
        return {name: given[name] for name in ("first_name", "last_name", "email")}

    @property
    def typed_unticked(self):
        return bool(not self.ticked and self.form and self.form["email"].value() != self.waiting.email)


class InviteManyForm:
    """The list with what is ticked and typed in it. What was typed in a row that is not ticked stays, unchecked."""

    def __init__(self, data, *, person, waiting, kind="", tick_all=False):
        self.person, self.data, self.error = person, data, ""
        of_kind = [found for found in waiting if (found.kind == kind if kind else not found.is_of_earlier)]
        keys = set(data.getlist("who")) if data else {found.key for found in of_kind} if tick_all else set()
        shown = of_kind[:MOST]
        self.more = len(of_kind) - len(shown)
        on_page = {found.key for found in shown}
        if data:
            shown += [found for found in waiting if found.key in keys - on_page]
        else:
            keys &= on_page
        self.rows = [Row(found, found.key in keys, self.form_of(found, found.key in keys)) for found in shown]
        self.ticked = [row for row in self.rows if row.ticked]
        self.gone = sorted(keys - {row.waiting.key for row in self.rows}) if data else []

    def form_of(self, waiting, ticked):
        if not waiting.to_type:
            return None
        if not self.data or f"{waiting.key}-email" not in self.data:
            return HeadForm(self.data if self.data and ticked else None, waiting=waiting)
        if ticked:
            return HeadForm(self.data, waiting=waiting)
        typed = {name: self.data.get(f"{waiting.key}-{name}", "") for name in HeadForm.base_fields}
        return HeadForm(initial=typed, waiting=waiting)

    def is_valid(self):
        if not self.ticked and not self.gone:
            self.error = "Tick at least one to invite."
            return False
        typed = [row.form for row in self.ticked if row.form]
        right = [form for form in typed if form.is_valid()]
        self.check_addresses(right)
        return not any(form.errors for form in typed)

    def check_addresses(self, forms_):
        """An address is of one person: not the inviter's own, nor somebody's of another name."""
        emails = [form.cleaned_data["email"] for form in forms_]
        rows = Membership.objects.allowed(self.person, "people.view").filter(user__email__in=emails)
        known = {m.user.email: str(m.user) for m in rows.select_related("user")} if emails else {}
        names = {(form.cleaned_data["email"], same(name_in(form))) for form in forms_}
        often = Counter(email for email, _ in names)
        for form in forms_:
            email = form.cleaned_data["email"]
            if email == self.person.email:
                form.add_error("email", ValidationError(NOT_YOURSELF))
            elif email in known and same(known[email]) != same(name_in(form)):
                form.add_error(
                    "email",
                    f"This is the address of {known[email]}. Correct the address, or the name if that is who you mean.",
                )
            elif often[email] > 1:
                form.add_error("email", "This address stands beside another name as well. Correct one of the two.")

    @property
    def errors(self):
        """(id of the box, sentence, school) of everything that is wrong in the rows."""
        return [
            (form[name].auto_id, sentence, form.waiting.school)
            for form in [row.form for row in self.ticked if row.form]
            for name, sentences in form.errors.items()
            for sentence in sentences
        ]

    @property
    def asked(self):
        return {row.waiting.key: row.who for row in self.ticked}

    @property
    def left(self):
        """Rows where an address is typed and nothing is ticked."""
        return [row for row in self.rows if row.typed_unticked]

    @property
    def given(self):
        """(name, value) of everything ticked and typed, to be carried through the check."""
        typed = [
            (form.add_prefix(name), form[name].value() or "")
            for form in [row.form for row in self.rows if row.form]
            for name in form.fields
        ]
        return [("who", row.waiting.key) for row in self.ticked] + typed


def name_in(form):
    return f"{form.cleaned_data['first_name']} {form.cleaned_data['last_name']}"


def same(name):
    return " ".join(name.split()).casefold()
