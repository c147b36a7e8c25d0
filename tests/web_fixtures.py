"""Fixtures for tests of the web: imported by tests/web/conftest.py and tests/browser/conftest.py."""

import pytest
from django.test import Client

ROLES = ["investigator", "adviser", "speaker", "coordinator", "statistician", "site-staff", "auditor"]
PASSWORD = "a long pass phrase, for tests"


@pytest.fixture(autouse=True)
def _plain_static_files(settings, tmp_path):
    """Serve static files by their own names: no collectstatic before the tests; and hash passwords fast."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.STATIC_ROOT = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def hangzhou(db):
    from equipoise.web.people.models import Institution

    return Institution.objects.create(
        name_en="Lakeside Teaching Hospital", name_zh="湖畔教学医院", language="zh-hans", time_zone="Asia/Shanghai"
    )


@pytest.fixture
def boston(db):
    from equipoise.web.people.models import Institution

    return Institution.objects.create(name_en="Harbor Health System", time_zone="America/New_York")


@pytest.fixture
def programme(hangzhou, boston):
    """The programme of the two."""
    from datetime import date

    from equipoise.web.programme.models import Programme

    made = Programme.objects.create(
        name_en="Lakeside and Harbor", name_zh="湖畔与海港", starts_on=date(2026, 1, 1), ends_on=date(2030, 12, 31)
    )
    made.institutions.set([hangzhou, boston])
    return made


@pytest.fixture
def person():
    """make(institution, role="investigator", **fields): a new person with that role there."""
    from equipoise.web.people.models import Membership, User

    def make(institution=None, role="investigator", **fields):
        number = User.objects.count() + 1
        fields = {"email": f"person{number}@example.org", "family_name": f"Person{number}", "given_name": "A"} | fields
        user = User.objects.create_user(password=PASSWORD, **fields)
        if institution:
            Membership.objects.create(user=user, institution=institution, role=role)
        return user

    return make


@pytest.fixture
def client_of():
    """client_of(user): a client signed in as that person; client_of(None): one who is not."""

    def make(user):
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def run_tasks(db):
    """run_tasks(): do the background tasks that are waiting, as the worker would, and return how many."""
    from django_tasks_db.management.commands.db_worker import Worker

    def run():
        worker = Worker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id="test",
            excluded_queue_names=[],
        )
        worker.run()
        return worker._run_tasks

    return run
