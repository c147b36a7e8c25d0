"""`python -m equipoise.web leave E-MAIL`: a person's access ends."""

from django.core.management.base import BaseCommand, CommandError

from equipoise.web.people.models import User


class Command(BaseCommand):
    help = "End a person's access at once, calendar feed included; what they wrote stays. --back lets them in again."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--back", action="store_true", help="let the person in again")

    def handle(self, *args, email: str, back: bool, **options):
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"nobody has the address {email}")
        user.is_active = back
        user.save(update_fields=["is_active"])
        self.stdout.write(f"{user.email} {'may sign in again' if back else 'has no access any more'}")
