"""People, institutions, and the roles that people have at them."""

import zoneinfo
from datetime import time, timedelta
from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Concat, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from equipoise.web.bilingual import bilingual
from equipoise.web.people.names import full_name


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("Enter a time zone such as Asia/Shanghai or America/New_York."), code="invalid")


class Institution(models.Model):
    """A hospital or another member of a collaboration."""

    name_en = models.CharField(_("name in English"), max_length=200, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=200, blank=True)
    city_en = models.CharField(_("city in English"), max_length=80, blank=True)
    city_zh = models.CharField(_("city in Chinese"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone], default="UTC")
    history = HistoricalRecords()

    class Meta:
        ordering = ["name_en"]
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")

    def __str__(self) -> str:
        return self.name

    name = bilingual("name")
    city = bilingual("city")

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Holiday(models.Model):
    """Days on which an institution does not work, both included."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="holidays")
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    name_en = models.CharField(_("name in English"), max_length=120)
    name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True)

    class Meta:
        ordering = ["first"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="holiday_ends_after_it_begins"
            ),
            models.UniqueConstraint(fields=["institution", "first", "name_en"], name="one_of_each_holiday"),
        ]
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")

    name = bilingual("name")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields):
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str):
        return self.get(email__iexact=email)


class Mails(models.TextChoices):
    """How often a person wants mail of what waits in the workbench."""

    EACH = "each", _("one mail for each")
    DAILY = "daily", _("one a day, with all of them")
    NEVER = "never", _("none but for what cannot wait")


class User(AbstractBaseUser, PermissionsMixin):
    """A person, who signs in by e-mail."""

    email = models.EmailField(_("e-mail"), unique=True)
    family_name = models.CharField(_("family name"), max_length=80)
    given_name = models.CharField(_("given name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone], default="UTC")
    is_active = models.BooleanField(_("active"), default=True)
    title = models.CharField(pgettext_lazy("of a person", "title"), max_length=80, blank=True)
    department = models.CharField(_("department"), max_length=120, blank=True)
    biography = models.TextField(_("about"), max_length=3000, blank=True)
    expertise = models.JSONField(_("expertise"), default=list, blank=True)  # codes of people/expertise.py
    languages = models.JSONField(_("languages spoken"), default=list, blank=True)  # codes of settings.LANGUAGES
    quiet_from = models.TimeField(_("quiet from"), default=time(21))
    quiet_until = models.TimeField(_("quiet until"), default=time(7))
    mails = models.CharField(_("mails"), max_length=10, choices=Mails.choices, default=Mails.EACH)
    feed_token = models.CharField(max_length=64, unique=True, null=True, editable=False)
    institutions = models.ManyToManyField(Institution, through="Membership", related_name="people")
    # in small letters, kept by the database; a Chinese name is found written in one
    searchable = models.GeneratedField(
        expression=Lower(
            Concat(
                "family_name", "given_name", models.Value(" "), "given_name", models.Value(" "), "family_name",
                models.Value(" "), "department", models.Value(" "), "email", output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )  # fmt: skip
    history = HistoricalRecords(excluded_fields=["password", "last_login", "feed_token", "searchable"])

    objects = UserManager()
    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["family_name"]

    class Meta:
        ordering = ["family_name", "given_name", "pk"]
        indexes = [models.Index(fields=["family_name", "given_name", "id"], name="directory")]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return full_name(self.family_name, self.given_name, self.language)

    def get_full_name(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:detail", args=[self.pk])

    @cached_property
    def roles(self) -> frozenset[tuple[int, str]]:
        """(institution, role) pairs; asked once per request."""
        return frozenset(self.memberships.values_list("institution_id", "role"))

    @cached_property
    def programme_ids(self) -> frozenset[int]:
        """The programmes that the person's institutions belong to; asked once per request."""
        joined = Institution.programmes.through.objects.filter(institution__in=self.institution_ids)
        return frozenset(joined.values_list("programme_id", flat=True))

    @cached_property
    def coordinated_programme_ids(self) -> frozenset[int]:
        """The programmes that the person coordinates for one of their institutions."""
        places = [institution for institution, role in self.roles if role == Membership.Role.COORDINATOR]
        joined = Institution.programmes.through.objects.filter(institution__in=places)
        return frozenset(joined.values_list("programme_id", flat=True))

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def institution_ids(self) -> frozenset[int]:
        return frozenset(institution for institution, _role in self.roles)

    def has_role(self, role: str, institution: Institution | None = None) -> bool:
        return any(role == held and (institution is None or institution.pk == place) for place, held in self.roles)


class Membership(models.Model):
    """A role that a person has at an institution; a person may have several."""

    class Role(models.TextChoices):
        INVESTIGATOR = "investigator", _("investigator")
        ADVISER = "adviser", _("adviser")
        SPEAKER = "speaker", _("speaker")
        COORDINATOR = "coordinator", _("coordinator")
        STATISTICIAN = "statistician", _("statistician")
        SITE_STAFF = "site-staff", _("site staff")
        AUDITOR = "auditor", _("auditor")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    history = HistoricalRecords()

    class Meta:
        ordering = ["institution", "role"]
        constraints = [models.UniqueConstraint(fields=["user", "institution", "role"], name="one_of_each_role")]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user.name}, {self.get_role_display()}, {self.institution.name}"


def invitation_ends():
    return timezone.now() + timedelta(days=14)


class Invitation(models.Model):
    """A role offered by mail. The link in the mail carries the token; only its digest is kept."""

    email = models.EmailField(_("e-mail"))
    family_name = models.CharField(_("family name"), max_length=80, blank=True)
    given_name = models.CharField(_("given name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(_("role"), max_length=20, choices=Membership.Role.choices)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(_("valid until"), default=invitation_ends)
    accepted = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        return not self.accepted and not self.withdrawn and self.expires > timezone.now()
