import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models.organisations import Organisation, School
from accounts.quick_rows import QuickRow
from accounts.roles import DEPUTY_DOES, DOES, GRANTS, IN_ORGANISATION, IN_SCHOOL, SECOND_FACTOR, Role
from accounts.scoping import EVERYTHING, ScopedQuerySet

PLACE_FITS_ROLE = (
    Q(role__in=sorted(IN_ORGANISATION), organisation__isnull=False, school__isnull=True)
    | Q(role__in=sorted(IN_SCHOOL), organisation__isnull=False, school__isnull=False)
    | Q(role=Role.ADMINISTRATOR, organisation__isnull=True, school__isnull=True)
)


def only_there(membership):
    """Whoever has all roles, those to come included, in the organisation of the membership. Not its holder."""
    roles = Membership.objects.not_over()
    there = Membership.objects.live().filter(organisation=membership.organisation_id)
    elsewhere = roles.exclude(organisation=membership.organisation_id)
    return Q(pk__in=there.values("user")) & ~Q(pk__in=elsewhere.values("user")) & ~Q(pk=membership.user_id)


class UserQuerySet(ScopedQuerySet):
    reach = {
        Role.COORDINATOR: only_there,
        Role.ADMINISTRATOR: lambda m: ~Q(pk=m.user_id),
    }

    def holding(self, action, organisation):
        """Those who can sign in and have a role at present that grants this action in the organisation."""
        roles = [role for role in Role if role in GRANTS[action]]
        live = Membership.objects.live().filter(organisation=organisation, role__in=roles)
        return self.filter(is_active=True, pk__in=live.values("user")).order_by("last_name", "first_name", "pk")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(QuickRow, AbstractBaseUser):
    """A person. Signs in by email, once invited: `is_active` is False until an invitation is taken up."""

    email = models.EmailField(
        "email address",
        max_length=254,
        unique=True,
        error_messages={"unique": "There is a person with this email address already."},
    )
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now)
    unwanted_mail = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_email_is_lower_case",
                condition=Q(email=Lower("email")),
                violation_error_message="Email addresses are kept in lower case.",
            ),
        ]

    def __str__(self):
        return self.get_full_name()

    def get_full_name(self):
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self):
        return self.first_name

    @cached_property
    def live_memberships(self):
        # A few rows are sorted faster here than "order by" is put into words beside so many columns, for every page.
        rows = self.memberships.live().select_related("organisation", "school").order_by()
        return sorted(rows, key=lambda membership: (membership.starts_on, membership.pk))

    def memberships_granting(self, action):
        """The memberships whose role grants `action`. An unknown action is a bug, so it raises."""
        return [m for m in self.live_memberships if m.role in GRANTS[action]]

    def may(self, action):
        return bool(self.memberships_granting(action))

    @property
    def needs_second_factor(self):
        return any(m.role in SECOND_FACTOR for m in self.live_memberships)


class MembershipQuerySet(ScopedQuerySet):
    reach = {
        Role.COORDINATOR: lambda m: Q(organisation=m.organisation_id),
        Role.HEADTEACHER: lambda m: Q(organisation=m.organisation_id, school=m.school_id),
        Role.ADMINISTRATOR: lambda m: EVERYTHING,
    }

    def live(self, on=None):
        on = on or timezone.localdate()
        return self.not_over(on).filter(starts_on__lte=on)

    def not_over(self, on=None):
        """Live ones and those that begin later."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on or timezone.localdate()), ended_at=None)

    def marked_for(self, person):
        """Each with whether the person may correct its holder, as `may_be_corrected`."""
        people = User.objects.allowed(person, "people.correct").filter(pk=OuterRef("user"))
        return self.annotate(may_be_corrected=Exists(people))

    def search(self, text):
        """Each word stands in the person's name or address, or in the name of the school."""
        rows = self
        for word in text.replace("\0", "").split()[:6]:
            rows = rows.filter(
                Q(user__first_name__icontains=word)
                | Q(user__last_name__icontains=word)
                | Q(user__email__icontains=word)
                | Q(school__name__icontains=word)
            )
        return rows


class Membership(QuickRow):
    """One person's role in one organisation or in a school that takes part in its programmes, from a day to a day.

    Role and reach come from the same row: finance officer here and specialist teacher there never adds up to pupils
    here. School roles name the organisation too, so that whoever is let in by one organiser sees the school's part in
    that organiser's programmes and in no other's.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True)
    deputy = models.BooleanField("named as deputy by the headteacher", default=False)
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["role", "pk"]
        constraints = [
            models.CheckConstraint(
                name="membership_place_fits_role",
                condition=PLACE_FITS_ROLE,
                violation_error_message="School staff belong to a school, the organiser's people to the organisation.",
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="The last day must not be before the first day.",
            ),
            models.CheckConstraint(
                name="membership_deputy_is_a_dated_head",
                condition=Q(deputy=False) | Q(role=Role.HEADTEACHER, ends_on__isnull=False),
                violation_error_message="A deputy stands in for a headteacher until a last day.",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "organisation", "school"],
                condition=Q(ends_on__isnull=True, ended_at__isnull=True),
                nulls_distinct=False,
                name="membership_once_while_it_lasts",
                violation_error_message="This person has this role here already.",
            ),
        ]

    @property
    def place(self):
        return self.school or self.organisation

    @property
    def place_label(self):
        return self.place.name if self.place else "This installation"

    @property
    def role_label(self):
        return "Deputy for the headteacher" if self.deputy else self.get_role_display()

    @property
    def does(self):
        return DEPUTY_DOES if self.deputy else DOES[self.role]


class InvitationQuerySet(ScopedQuerySet):
    reach = {
        Role.COORDINATOR: lambda m: Q(organisation=m.organisation_id),
        Role.HEADTEACHER: lambda m: Q(organisation=m.organisation_id, school=m.school_id, invited_by=m.user_id),
        Role.ADMINISTRATOR: lambda m: EVERYTHING,
    }

    def open(self):
        return self.filter(accepted_at=None, withdrawn_at=None)

    def marked_for(self, person):
        """Each with the id of the invited one as `to_correct`, if the person may correct the address."""
        return self.annotate(to_correct=correctable_as(person, "email"))


def correctable_as(person, email):
    """The id of somebody with the address in that column, whom the person may give another one."""
    people = User.objects.allowed(person, "people.correct").filter(email=OuterRef(email), is_active=False)
    return Subquery(people.values("pk")[:1])


class Invitation(models.Model):
    """An offer of one role by email. The link is kept as a digest only: nobody can read it back, not even we."""

    LASTS = dt.timedelta(days=14)

    email = models.EmailField("email address", max_length=254)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    role = models.CharField(max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True)
    ends_on = models.DateField("last day in this role", null=True, blank=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    digest = models.BinaryField(max_length=32, unique=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="invitation_place_fits_role",
                condition=PLACE_FITS_ROLE,
                violation_error_message="Choose a school for school staff, and none for the organiser's people.",
            ),
            models.UniqueConstraint(
                fields=["email", "role", "organisation", "school"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="invitation_one_open_per_role",
                violation_error_message="This person has an open invitation to this role: send that one again.",
            ),
        ]

    @property
    def place(self):
        return self.school or self.organisation

    @property
    def place_label(self):
        return self.place.name if self.place else "this installation"

    @property
    def names_deputy(self):
        return self.role == Role.HEADTEACHER and self.ends_on is not None

    @property
    def role_label(self):
        return "Deputy for the headteacher" if self.names_deputy else self.get_role_display()

    @property
    def does(self):
        return DEPUTY_DOES if self.names_deputy else DOES[self.role]

    @property
    def is_to_oneself(self):
        """Nobody gives a role to themselves: it would widen what they reach."""
        return self.email == self.invited_by.email

    @property
    def is_past(self):
        """The role's last day is over: there is nothing left to invite to."""
        return self.ends_on is not None and self.ends_on < timezone.localdate()

    @property
    def last_moment(self):
        """Until when a link that is made now works: for 14 days, and not beyond the last day of the role."""
        latest = timezone.now() + self.LASTS
        if self.ends_on is None:
            return latest
        return min(latest, timezone.make_aware(dt.datetime.combine(self.ends_on, dt.time.max)))

    @property
    def state(self):
        if self.accepted_at:
            return "accepted"
        if self.withdrawn_at:
            return "withdrawn"
        return "expired" if self.is_past or self.expires_at < timezone.now() else "open"
