from django import forms

from accounts.filters import FilterForm
from programmes.forms.choosing import called_apart
from programmes.models import Area, DataPoint, Partnership, Programme


class PartnershipFilter(FilterForm):
    """Narrows a list of partnerships; offers only programmes and areas that stand in the list."""

    q = forms.CharField(label="School, teacher or reference", required=False, max_length=100)
    programme = forms.ModelChoiceField(Programme.objects.none(), required=False, empty_label="All programmes")
    area = forms.ModelChoiceField(Area.objects.none(), required=False, empty_label="All areas")
    owes = forms.ModelChoiceField(DataPoint.objects.none(), required=False, empty_label="Any")
    status = forms.ChoiceField(required=False, choices=[("", "Any status"), *Partnership.Status.choices])
    heads = forms.ChoiceField(
        label="Headteacher of the partner school", required=False, choices=[("", "Any"), ("none", "None can sign in")]
    )

    def __init__(self, *args, rows, inviting, **kwargs):
        super().__init__(*args, **kwargs)
        if not inviting:
            del self.fields["heads"]
        self.fields["programme"].queryset = rows.programmes()
        self.fields["programme"].label_from_instance = lambda programme: programme.title
        self.fields["owes"].label = "Grades missing"
        for name, offered in (("area", rows.areas()), ("owes", rows.data_points())):
            self.fields[name].queryset = offered
            self.fields[name].label_from_instance = called_apart(offered)

    def fitting(self, rows, asked):
        for name in ("programme", "area", "status"):
            if asked[name]:
                rows = rows.filter(**{name: asked[name]})
        if asked["owes"]:
            rows = rows.owing(asked["owes"])
        if asked.get("heads"):
            rows = rows.without_head()
        return rows.search(asked["q"])
