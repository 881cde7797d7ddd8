from django.contrib.postgres.fields import ArrayField
from django.db import models


class Scale(models.Model):
    """Ordered grades, each with points or without. Data, not code: shipped as files, loaded by a service."""

    name = models.SlugField(max_length=30, unique=True)
    title = models.CharField(max_length=80)
    has_points = models.BooleanField()
    step = models.CharField("what one step is, in words", max_length=120, blank=True)

    def __str__(self):
        return self.title


class Grade(models.Model):
    scale = models.ForeignKey(Scale, on_delete=models.CASCADE, related_name="grades")
    code = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    points = models.IntegerField(null=True, blank=True)
    aliases = ArrayField(models.CharField(max_length=30), default=list, blank=True)

    class Meta:
        ordering = ["scale", "position"]
        constraints = [
            models.UniqueConstraint(fields=["scale", "code"], name="grade_once_per_scale"),
            models.UniqueConstraint(fields=["scale", "position"], name="grade_one_per_position"),
        ]

    def __str__(self):
        return self.code

    def said_on(self, scale: str) -> str:
        """The code; with the grade's own scale beside it where that is not the scale of this name."""
        return self.code if self.scale.name == scale else on_other_scale(self.code, self.scale.title)


def on_other_scale(code: str, title: str) -> str:
    """3b (National Curriculum sub-levels)"""
    return f"{code} ({title})"
