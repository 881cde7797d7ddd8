from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Submit
from django import forms
from django.core.exceptions import ValidationError

from accounts.boxes import TextArea
from accounts.forms import DayField, DayInput, with_button
from papers.templatetags.plain import year_words
from pupils.choosing import checking, joining, reading
from pupils.choosing.lines import Line
from pupils.choosing.reading import NotRead, read_file, read_pasted
from pupils.forms import PupilForm
from pupils.models import TargetPupil

SAME, ANOTHER = "same", checking.ANOTHER
WHO = [
    Choice(SAME, "The same pupil", hint="The pupil gets a second place, and is counted once."),
    Choice(ANOTHER, "Another pupil of the same name"),
]


class ListForm(forms.Form):
    """Pupils out of a spreadsheet: rows that are pasted, or a file."""

    pasted = forms.CharField(
        label="Paste rows from a spreadsheet",
        required=False,
        max_length=reading.LONGEST_PASTE,
        strip=False,
        widget=TextArea(attrs={"rows": 6, "spellcheck": "false", "wrap": "off", "class": "ls-pasted"}),
        help_text="With or without the row of names above them. Forename, surname and year group are enough.",
        error_messages={
            "max_length": "That is too much at once: paste the rows of one class or year group.",
            "null_characters_not_allowed": "There is a character in the rows that no table holds. Copy them anew.",
        },
    )
    file = forms.FileField(
        label="Or choose a file",
        required=False,
        help_text="CSV, Excel (.xlsx) or a Common Transfer File (.xml), as the system of your school makes it: "
        f"up to 5 MB and {reading.MOST_ROWS:,} pupils. You tick afterwards whom you mean.",
        widget=forms.FileInput(attrs={"accept": ",".join(reading.ENDINGS)}),
        error_messages={"empty": "The file is empty. Check that it was saved, and choose it again."},
    )

    def __init__(self, *args, initials=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.initials = initials
        if initials:
            self.fields["pasted"].help_text = (
                "With or without the row of names above them. Initials and year group are enough, such as AB and 5; "
                "names are cut to initials."
            )
        self.helper = with_button(self, "Look at the pupils")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.name.lower().endswith(".xls"):
            raise ValidationError("This is the format of old Excel. Save it as an Excel workbook (.xlsx).")
        if file and not file.name.lower().endswith(reading.ENDINGS):
            raise ValidationError("Choose a CSV file, an Excel workbook (.xlsx) or a Common Transfer File (.xml).")
        return file

    def clean(self):
        cleaned = super().clean()
        file, pasted = cleaned.get("file"), cleaned.get("pasted") or ""
        if self.errors:
            return cleaned
        if not file and not pasted.strip():
            self.add_error("pasted", "Paste the rows of the pupils, or choose a file.")
            return cleaned
        try:
            read = {"initials": self.initials}
            cleaned["content"] = read_file(file, file.name, **read) if file else read_pasted(pasted, **read)
        except NotRead as wrong:
            self.add_error("file" if file else "pasted", str(wrong))
        return cleaned


class AddPupilForm(PupilForm):
    """One target pupil by hand. Somebody whom the programme knows gets a second place instead of a double."""

    class_name = forms.CharField(
        label="Class, if you want it shown",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "autocomplete": "off"}),
        error_messages={"max_length": "Keep the class to 40 characters."},
    )
    since = DayField(
        label="Joined on, if the pupil came late",
        required=False,
        help_text="Leave it blank for a pupil who is there from the beginning. No grade is asked for before this day.",
    )
    known = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    meant = forms.BooleanField(required=False, label="The year group is right")
    joined = forms.ChoiceField(
        label=joining.QUESTION,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose from what is offered here."},
    )

    def __init__(self, *args, partnership, follows=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.partnership, self.follows = partnership, follows
        programme = partnership.programme
        self.initial["year_group"] = partnership.year_group
        self.fields["since"].widget = DayInput(programme.starts_on, programme.ends_on)
        if follows:
            self.fields["since"].initial = follows.until
            self.fields["since"].label = "Takes over on"
        self.ask_since_when(joining.behind(partnership))
        self.order_fields(["known", "first_name", "last_name", "year_group", "meant", "class_name"])
        self.year_box = self.fields.pop("meant")
        if "meant" in self.data:
            self.ask_about_the_year()
        if "known" in self.data:
            self.ask_who()
        else:
            del self.fields["known"]
        self.helper = with_button(self, "Add the pupil")
        if not follows:
            self.helper.add_input(Submit("another", "Add, and then another", css_class="govuk-button--secondary"))

    def ask_since_when(self, behind):
        """Where a data point is past or submitted, a blank day would silently mean that its grade is owed."""
        if not behind or self.follows:
            del self.fields["joined"]
            return
        self.fields["joined"].choices = [
            Choice(joining.BEGINNING, "From the beginning", hint=joining.from_the_beginning(behind)),
            Choice(
                joining.LATE,
                "Joined later, on the day below",
                hint="No grade is asked for before it: it counts as “not enrolled yet”.",
            ),
        ]
        self.fields["since"].label, self.fields["since"].help_text = "Joined on", "Only for a pupil who joined later."
        self.order_fields([name for name in self.fields if name not in {"joined", "since"}] + ["joined", "since"])

    def ask_who(self, *answers):
        """Somebody of this name and year group is there: the same, or another?"""
        self.fields["known"] = forms.ChoiceField(
            label="Who do you mean?",
            required=False,
            widget=forms.RadioSelect,
            choices=[answer for answer in WHO if not answers or answer.value in answers],
        )
        self.order_fields(["known"])
        self.lay_out()

    def lay_out(self):
        """A question that comes up when the form is checked is shown as well."""
        if hasattr(self, "helper"):
            self.helper.layout = self.helper.build_default_layout(self)

    def ask_about_the_year(self):
        self.fields["meant"] = self.year_box
        names = list(self.fields)
        names.insert(names.index("year_group") + 1, names.pop())
        self.order_fields(names)
        self.lay_out()

    def clean_since(self):
        since, programme = self.cleaned_data["since"], self.partnership.programme
        if since and since > programme.ends_on:
            raise ValidationError(f"Enter a day up to {programme.ends_on:%-d/%-m/%Y}, the end of the programme.")
        return since if since and since > programme.starts_on else None

    def clean_upn(self):
        """Whose number it is is looked at with the rest of the pupil."""
        return self.checked_upn()

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("first_name") and not cleaned.get("last_name"):
            self.add_error("first_name", "Enter the forename or its initial.")
        if "joined" in self.fields:
            self.look_at_joining(cleaned)
        if not self.errors:
            self.recognise(cleaned)
        if not self.errors and self.is_far(cleaned["year_group"]) and not cleaned.get("meant"):
            self.ask_about_the_year()
            self.add_error("meant", self.why_far(cleaned["year_group"]))
        return cleaned

    def is_far(self, year):
        """Whether this year group is neither the partnership's, nor beside it, nor one of the programme's."""
        return abs(year - self.partnership.year_group) > 1 and year not in self.partnership.programme.year_groups

    def why_far(self, year):
        meant = year_words(year)
        return f"The partnership is for {year_words(self.partnership.year_group)}. Tick this if {meant} is meant."

    def look_at_joining(self, cleaned):
        """Either from the beginning or a day; a day alone says enough."""
        answer, has_day = cleaned.get("joined"), bool(self.data.get("since", "").strip())
        if not answer and not has_day:
            self.add_error("joined", joining.UNANSWERED)
        elif answer == joining.LATE and not has_day:
            self.add_error("since", joining.NO_DAY)
        elif answer == joining.BEGINNING and has_day:
            self.add_error("since", "You said that the pupil was there from the beginning: leave the day blank.")

    def recognise(self, cleaned):
        self.line = line = Line(1, {}, values=dict(cleaned), chosen=cleaned.get("known") or "")
        known = checking.Known(self.partnership)
        known.recognise(line)
        self.found = line.found if line.is_known == "second" else None
        if line.wrong:
            self.add_error("upn", " ".join(line.wrong["upn"]))
        elif known.present >= checking.MOST:
            self.add_error(None, f"The partnership has {known.present} target pupils: that is as many as it can have.")
        elif line.is_known in {"here", "ended", "subject"}:
            self.say_why(line)
        elif line.is_known == "second" and line.is_likely and not cleaned.get("known"):
            self.ask_who()
            self.add_error(
                "known",
                f"A pupil of this name and year group is known. {line.about}. Say whom you mean. {line.kept}".strip(),
            )
        elif not line.is_known and line.soft.get("first_name") and not cleaned.get("known"):
            self.ask_who(ANOTHER)
            self.add_error("known", f"{line.soft['first_name']}. Say so if it is another pupil.")

    def say_why(self, line):
        said = f"{line.about}."
        if line.is_known == "ended":
            said += " To go on with the place, open the page of the pupil."
        if line.is_likely:
            self.ask_who(ANOTHER)
            self.add_error("known", f"{said} Say so if it is another pupil of the same name.")
        else:
            self.add_error("upn", f"{said} Nobody is added twice.")

    def validate_unique(self):
        """Looked at above: who is known is no second row."""

    @property
    def pupil(self) -> TargetPupil:
        """Whoever gets the place: the pupil who is known, or a new one."""
        return self.found or self.instance
