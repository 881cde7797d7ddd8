from django import forms
from django.db.models import F, Q

from programmes.models import Area, DataPoint, DataReturn, Partnership, Programme


class PartnershipFilter(forms.Form):
    """Narrows a list of partnerships; offers only programmes and areas that stand in the list."""

    q = forms.CharField(label="School, teacher or reference", required=False, max_length=100)
    programme = forms.ModelChoiceField(Programme.objects.none(), required=False, empty_label="All programmes")
    area = forms.ModelChoiceField(Area.objects.none(), required=False, empty_label="All areas")
    owes = forms.ModelChoiceField(DataPoint.objects.none(), required=False, empty_label="Whether grades are in or not")
    status = forms.ChoiceField(required=False, choices=[("", "Any status"), *Partnership.Status.choices])

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = Programme._base_manager.filter(pk__in=rows.values("programme"))
        self.fields["area"].queryset = Area.objects.filter(pk__in=rows.values("area")).select_related("programme")
        points = DataPoint.objects.filter(programme__in=rows.values("programme")).select_related("programme")
        self.fields["owes"].queryset = points
        self.fields["owes"].label = "Grades missing"
        self.fields["owes"].label_from_instance = lambda point: f"{point.name} ({point.programme.academic_year})"
        self.fields["area"].label_from_instance = lambda area: f"{area.name} ({area.programme.academic_year})"

    def narrowed(self, rows):
        """The rows that fit. A value that is not offered narrows nothing."""
        if not self.is_valid():
            return rows
        asked = self.cleaned_data
        for name in ("programme", "area", "status"):
            if asked[name]:
                rows = rows.filter(**{name: asked[name]})
        if asked["owes"]:
            rows = rows.filter(pk__in=owing(asked["owes"]))
        for word in asked["q"].split():
            rows = rows.filter(
                Q(ref__iexact=word)
                | Q(partner_school__name__icontains=word)
                | Q(partner_school__urn=word)
                | Q(specialist__home_school__name__icontains=word)
                | Q(specialist__user__first_name__icontains=word)
                | Q(specialist__user__last_name__icontains=word)
                | Q(pk__in=with_partner_teacher(word))
            )
        return rows


def with_partner_teacher(word):
    named = Q(partner_teachers__user__last_name__icontains=word) | Q(partner_teachers__user__first_name__icontains=word)
    return Partnership._base_manager.filter(named, partner_teachers__until=None).values("pk")


def owing(data_point):
    received = F("assessed") + F("excused")
    return DataReturn.objects.filter(data_point=data_point, expected__gt=received).values("partnership")
