"""People, institutions, and the roles that people have at them."""

import zoneinfo
from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

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

    @property
    def name(self) -> str:
        return self._in_reader_language("name")

    @property
    def city(self) -> str:
        return self._in_reader_language("city")

    def _in_reader_language(self, field: str) -> str:
        chinese = (get_language() or "").startswith("zh") and getattr(self, f"{field}_zh")
        return chinese or getattr(self, f"{field}_en")


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


class User(AbstractBaseUser, PermissionsMixin):
    """A person, who signs in by e-mail."""

    email = models.EmailField(_("e-mail"), unique=True)
    family_name = models.CharField(_("family name"), max_length=80)
    given_name = models.CharField(_("given name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone], default="UTC")
    is_active = models.BooleanField(_("active"), default=True)
    institutions = models.ManyToManyField(Institution, through="Membership", related_name="people")
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    objects = UserManager()
    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["family_name"]

    class Meta:
        ordering = ["family_name", "given_name"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return full_name(self.family_name, self.given_name, self.language)

    def get_full_name(self) -> str:
        return self.name

    @cached_property
    def roles(self) -> frozenset[tuple[int, str]]:
        """(institution, role) pairs; asked once per request."""
        return frozenset(self.memberships.values_list("institution_id", "role"))

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
