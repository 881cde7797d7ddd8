from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts import audit
from accounts.models import Membership, User
from accounts.roles import Role


class Command(BaseCommand):
    help = "Let a system administrator in: the first person of an installation, whom nobody can invite."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("first_name")
        parser.add_argument("last_name")

    @transaction.atomic
    def handle(self, *args, email, first_name, last_name, **options):
        email = email.strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email!r} is not an email address.") from None
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, first_name=first_name, last_name=last_name)
        User.objects.filter(pk=user.pk).update(is_active=True)
        EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
        there = Membership.objects.live().filter(user=user, role=Role.ADMINISTRATOR)
        if not there.exists():
            membership = Membership.objects.create(user=user, role=Role.ADMINISTRATOR)
            audit.record(None, "took up role", membership, about=Role.ADMINISTRATOR)
        self.stdout.write(
            f"{email} is a system administrator now: sign in with a code by email, then set up the second factor."
        )
