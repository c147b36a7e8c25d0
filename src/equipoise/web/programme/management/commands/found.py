"""`python -m equipoise.web found FILE.toml`: a programme, its institutions and its first coordinators."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from equipoise.errors import InputError
from equipoise.web.programme.founding import found


class Command(BaseCommand):
    help = "Make a programme, its institutions and their first coordinators from a file. Safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, file: Path, **options):
        try:
            founded = found(file.read_text(encoding="utf-8"))
        except (InputError, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{founded.programme.name_en}: {settings.SITE_URL}{founded.programme.get_absolute_url()}")
        for user in founded.new:
            address = settings.SITE_URL + reverse("account_reset_password")
            self.stdout.write(f"{user.email}: sign in by the hospital's own sign-on, or choose a password at {address}")
