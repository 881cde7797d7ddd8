from django.conf import settings
from django.db import models
from django.utils import timezone

from papers.templatetags.plain import year_words
from programmes.models import Programme
from pupils.models.scales import Scale


class ExpectationChange(models.Model):
    """What was expected, and what is, from when grades were in: who changed it and why. No word about a pupil.

    `before` and `after` hold the name of the scale (in older rows none: it could not change), expected_points (as text,
    or None) and levels: year group -> met from, exceeded from.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="expectation_changes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=300)
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        ordering = ["-at", "-pk"]

    @property
    def is_of_scale(self) -> bool:
        return self.before.get("scale") != self.after.get("scale")

    @property
    def parts(self):
        """What changed, each as (of what, before, after), in words."""
        found = []
        if self.is_of_scale:
            titles = dict(Scale.objects.values_list("name", "title"))
            found.append(("Scale", *(titles.get(side["scale"], side["scale"]) for side in (self.before, self.after))))
        if self.before["expected_points"] != self.after["expected_points"]:
            found.append(
                ("Expected points", *(side["expected_points"] or "none" for side in (self.before, self.after)))
            )
        years = sorted({*self.before["levels"], *self.after["levels"]}, key=int)
        for year in years:
            sides = [side["levels"].get(year) for side in (self.before, self.after)]
            if sides[0] != sides[1]:
                words = [f"met from {side[0]}, exceeded from {side[1]}" if side else "no level" for side in sides]
                found.append((year_words(year), *words))
        return found
