from crispy_forms_gds.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.boxes import TextArea
from accounts.filters import FilterForm
from accounts.forms import DayField, DayInput, RowForm, with_button
from accounts.school_field import SchoolField
from programmes.forms.choosing import ListField, subjects_of, years_of
from programmes.forms.specialists import not_yet
from programmes.models import Area, HeadContact, PartnerSchool, Programme
from programmes.services import schools

Stage = PartnerSchool.Stage


class SchoolFilter(FilterForm):
    """Narrows the pipeline of a programme; offers only areas and tags that it has."""

    q = forms.CharField(label="School", required=False, max_length=100)
    stage = forms.ChoiceField(required=False, choices=[("", "Any stage"), *Stage.choices])
    area = forms.ModelChoiceField(Area.objects.none(), required=False, empty_label="All areas")
    tag = forms.ChoiceField(required=False)
    capacity = forms.ChoiceField(
        required=False, choices=[("", "Any"), *PartnerSchool.Capacity.choices, ("unknown", "Not judged yet")]
    )

    def __init__(self, *args, user, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = Area.objects.allowed(user, "recruiting.manage").filter(programme=programme)
        tags = schools.tags_of(programme)
        self.fields["tag"].choices = [("", "Any tag"), *((tag, tag) for tag in tags)]
        if not tags:
            del self.fields["tag"]
        if not self.fields["area"].queryset:
            del self.fields["area"]

    def fitting(self, rows, asked):
        for name in ("stage", "area"):
            if asked.get(name):
                rows = rows.filter(**{name: asked[name]})
        if asked.get("tag"):
            rows = rows.filter(tags__contains=[asked["tag"]])
        if asked["capacity"]:
            rows = rows.filter(capacity="" if asked["capacity"] == "unknown" else asked["capacity"])
        for word in asked["q"].replace("\0", "").split()[:6]:
            rows = rows.filter(school__name__icontains=word)
        return rows


class SchoolForm(RowForm):
    """What a programme knows of a partner school. The school itself is chosen once, when it is added."""

    LATER = ()  # what is not asked yet

    class Meta:
        model = PartnerSchool
        fields = [
            "stage",
            "area",
            "subject",
            "year_group",
            "partnerships_wanted",
            "chosen_because",
            "recommended_by",
            "capacity",
            "capacity_note",
            "staff_funded",
        ]
        labels = {
            "stage": "How far are the talks?",
            "capacity": "Capacity to engage fully",
            "capacity_note": "What makes you say so",
            "recommended_by": "Recommended by",
            "staff_funded": "Staff funded for training",
        }
        help_texts = {
            "chosen_because": "One sentence.",
            "recommended_by": "Name and role, for example “Link adviser for the area”.",
            "capacity_note": "Facts: staffing, leadership, other demands. The school does not read it. Do not record "
            "safeguarding concerns here.",
        }
        widgets = {"stage": forms.RadioSelect}

    missing = {"school": "Choose the school.", "partnerships_wanted": "Say how many partnerships the school wants."}

    def __init__(self, *args, user, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.programme = user, programme
        self.instance.programme = programme
        areas = Area.objects.allowed(user, "recruiting.manage").filter(programme=programme)
        self.fields["area"].queryset, self.fields["area"].empty_label = areas, "Not decided yet"
        if not areas:
            del self.fields["area"]
        self.fields["subject"] = forms.ChoiceField(
            label="Subject wanted",
            required=False,
            choices=self.with_own([("", "Any"), *subjects_of(programme)], self.instance.subject),
        )
        self.fields["year_group"] = forms.TypedChoiceField(
            label="Year group wanted",
            required=False,
            coerce=int,
            empty_value=None,
            choices=self.with_own([("", "Any"), *years_of(programme)], self.instance.year_group),
        )
        self.fields["tags"] = ListField(
            label="Tags",
            longest=40,
            lower=True,
            required=False,
            help_text="Words by which you look for schools, with commas between them: small school, coastal.",
        )
        self.fields["other_projects"] = ListField(
            label="Other projects",
            longest=120,
            required=False,
            help_text=f"Other organisers' projects in which the school takes part, with commas between them. "
            f"Programmes of {programme.organisation} in this installation are found without you.",
        )
        self.fields["capacity"].choices = [("", "Not judged yet"), *PartnerSchool.Capacity.choices]
        of_all = programme.staff_funded
        self.fields["staff_funded"].help_text = (
            f"Leave it blank for the programme's own number, {of_all}. The head is told."
            if of_all is not None
            else "How many of the school's staff the supply funding covers. The head is told."
        )
        self.initial |= {
            "subject": self.instance.subject,
            "year_group": self.instance.year_group,
            "tags": self.instance.tags,
            "other_projects": self.instance.other_projects,
        }
        if self.instance.pk:
            del self.fields["stage"]
        for name in self.LATER:
            del self.fields[name]
        self.order_fields(["school", "stage", "area", "subject", "year_group", "partnerships_wanted"])
        self.helper = with_button(self, "Save" if self.instance.pk else "Add the school")

    @staticmethod
    def with_own(offered, own):
        known = [value for value, _ in offered]
        return offered if own is None or own in known else [*offered, (own, str(own).capitalize())]

    def clean(self):
        cleaned = super().clean()
        for name in ("subject", "year_group", "tags", "other_projects"):
            if name in cleaned:
                setattr(self.instance, name, cleaned[name])
        return cleaned

    def save(self):
        """The partnerships of the school that got its area."""
        fields = [name for name in self.fields if name not in {"school", "stage"}]
        return schools.keep_school(self.user, self.instance, fields)


class AddSchoolForm(SchoolForm):
    """The school and why it is thought of; the rest is filled in as the talks go on."""

    LATER = ("capacity", "capacity_note", "staff_funded", "tags", "other_projects")

    school = SchoolField(label="School")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.add_input(Submit("another", "Add, and enter another", css_class="govuk-button--secondary"))
        self.fields["school"].offer(self.user, "schools.search")
        own = self.programme.organisation.la_code and not self.programme.other_authorities
        if own:
            self.fields["school"].help_text += f" This programme takes schools of {self.programme.organisation} only."

    def clean_school(self):
        school = self.cleaned_data["school"]
        if sentence := schools.why_not(self.programme, school):
            raise ValidationError(sentence)
        self.instance.school = school
        return school


class SchoolMoveForm(forms.Form):
    """Where the talks with a school stand now."""

    stage = forms.ChoiceField(
        label="Where it stands now",
        choices=Stage.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where it stands.", "invalid_choice": "Choose from what is offered here."},
    )
    because = forms.CharField(
        label="Why, in a few words",
        required=False,
        max_length=200,
        error_messages={"max_length": "Keep it to 200 characters."},
    )

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, **kwargs)
        self.row = row
        self.fields["stage"].choices = [choice for choice in Stage.choices if choice[0] != row.stage]
        self.helper = with_button(self, "Move the school")

    def save(self, person):
        """The school moved; None and a sentence on the form when that was not open."""
        try:
            return schools.move_school(
                person, self.row, self.cleaned_data["stage"], because=self.cleaned_data["because"].strip()
            )
        except schools.WrongStep as wrong:
            self.add_error("stage", str(wrong))
            return None


class ContactForm(RowForm):
    """One talk with the head of a school."""

    class Meta:
        model = HeadContact
        fields = ["on", "how", "with_whom", "note"]
        labels = {"how": "How", "with_whom": "With whom", "note": "What was said"}
        help_texts = {
            "note": "Coordinators read it, the school does not. Do not name pupils, and do not record safeguarding "
            "concerns here."
        }
        widgets = {"note": TextArea(attrs={"rows": 4})}

    missing = {"on": "Enter the day.", "how": "Choose how you talked.", "note": "Write what was said."}

    on = DayField(label="Day")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["on"].widget = DayInput(last=timezone.localdate())
        self.initial["on"] = self.instance.on or timezone.localdate()
        self.fields["how"].choices = [("", "Choose how"), *HeadContact.How.choices]
        self.order_fields(["on", "how", "with_whom"])
        self.helper = with_button(self, "Add to the log")
        self.helper.form_action = reverse("programmes:contact_add", args=[self.instance.partner_school_id])

    def clean_on(self):
        return not_yet(self.cleaned_data["on"])

    def save(self):
        return schools.keep_contact(self.user, self.instance)


class CarryForm(forms.Form):
    """Which schools go on to which other programme of the organisation as enquiries."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(),
        label="Into which programme?",
        empty_label="Choose a programme",
        error_messages={
            "required": "Choose the programme.",
            "invalid_choice": "Choose one of the programmes that are offered here.",
        },
    )
    schools = forms.ModelMultipleChoiceField(
        PartnerSchool.objects.none(),
        label="Which schools?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one school.",
            "invalid_choice": "Choose from the schools that are offered here.",
        },
    )

    def __init__(self, *args, user, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        others = Programme.objects.allowed(user, "recruiting.manage").exclude(pk=programme.pk)
        field = self.fields["programme"]
        field.queryset = others.filter(organisation=programme.organisation).exclude(status=Programme.Status.CLOSED)
        field.label_from_instance = lambda p: p.title
        rows = PartnerSchool.objects.allowed(user, "recruiting.manage").filter(programme=programme)
        field = self.fields["schools"]
        field.queryset = rows.exclude(stage=Stage.JOINED).select_related("school").order_by("school__name", "pk")
        field.label_from_instance = lambda row: f"{row.school} ({row.get_stage_display().lower()})"
        field.initial = [row.pk for row in field.queryset if row.stage == Stage.NEXT_YEAR]
        self.helper = with_button(self, "Carry over as enquiries")
