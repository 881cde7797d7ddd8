"""One kind of row that speaks of pupils: which rows of it are a programme's, in words, and what becomes of them."""

import uuid
from dataclasses import dataclass, field

from django.core.files.storage import default_storage
from django.db.models import FileField, Q, QuerySet

from jobs.models import Job
from pupils.models import Erasure

ANONYMOUS = r"^anonymous-[0-9a-f]{12}$"


@dataclass(frozen=True)
class Part:
    """Rows that are deleted, with their files. `programme` is the path from a row to its programme."""

    model: type
    programme: str
    one: str  # of what a row is one, in words
    many: str
    only: Q = field(default_factory=Q)

    goes = True

    def rows(self, programme):
        """All of the programme's, also those that the model's own manager leaves out."""
        return QuerySet(self.model).filter(self.only, **{self.programme: programme})

    def left(self, programme, how):
        """Those that still have to go."""
        return self.rows(programme)

    def erase(self, pks, how):
        rows = QuerySet(self.model).filter(pk__in=pks)
        self.delete_files(rows)
        rows.delete()

    @property
    def files(self):
        return [f.name for f in self.model._meta.get_fields() if isinstance(f, FileField)]

    def delete_files(self, rows):
        """Before their rows: what is killed in between finds the rows again, and a file that is gone is none."""
        for name in self.files:
            for file in rows.exclude(**{name: ""}).values_list(name, flat=True):
                default_storage.delete(file)
        if issubclass(self.model, Job):
            self.delete_attempts(set(rows.values_list("pk", flat=True)))

    def delete_attempts(self, pks):
        """What attempts that were killed have left behind is named by its row, and by no field."""
        folder = self.model._meta.label_lower
        if not default_storage.exists(folder):
            return
        for name in default_storage.listdir(folder)[1]:
            if name.partition("-")[0] in map(str, pks):
                default_storage.delete(f"{folder}/{name}")


@dataclass(frozen=True)
class Cleared(Part):
    """Rows that stay, without the words that people typed: field -> what stands there instead."""

    instead: dict = field(default_factory=dict)

    goes = False

    def rows(self, programme):
        typed = Q(pk__in=[])
        for name, value in self.instead.items():
            typed |= ~Q(**{name: value}) & ~Q(**{name: ""})
        return super().rows(programme).filter(typed)

    def erase(self, pks, how):
        for name, value in self.instead.items():
            QuerySet(self.model).filter(pk__in=pks).exclude(**{name: ""}).update(**{name: value})


@dataclass(frozen=True)
class Kept(Part):
    """Rows that are deleted, or stay without what tells whose they are: `without` says what takes its place."""

    without: dict = field(default_factory=dict)
    renamed: str = ""  # a field that has to differ from row to row

    goes = False

    def left(self, programme, how):
        rows = self.rows(programme)
        if how == Erasure.How.DELETE:
            return rows
        telling = Q(pk__in=[])
        for name, value in self.without.items():
            telling |= Q(**{f"{name}__isnull": False}) if value is None else ~Q(**{name: value})
        if self.renamed:
            telling |= ~Q(**{f"{self.renamed}__regex": ANONYMOUS})
        return rows.filter(telling)

    def erase(self, pks, how):
        if how == Erasure.How.DELETE:
            super().erase(pks, how)
            return
        rows = QuerySet(self.model).filter(pk__in=pks)
        if self.without:
            rows.update(**self.without)
        if self.renamed:
            for row in rows:
                setattr(row, self.renamed, f"anonymous-{uuid.uuid4().hex[:12]}")
                row.save(update_fields=[self.renamed])
