"""What the settings take from the environment: the home directory, the secret key and the database."""

import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def home() -> Path:
    """Where the embedded default keeps its files: $EQUIPOISE_HOME, or ./var."""
    place = Path(os.environ.get("EQUIPOISE_HOME", "var")).absolute()
    place.mkdir(parents=True, exist_ok=True)
    return place


def words(name: str, default: str) -> list[str]:
    """A comma-separated variable as a list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret_key(place: Path) -> str:
    """$EQUIPOISE_SECRET_KEY, or one made once and kept readable by its owner alone."""
    if key := os.environ.get("EQUIPOISE_SECRET_KEY"):
        return key
    path = place / "secret_key"
    try:
        # made complete under another name, then linked: two processes starting at once agree on one key
        draft = place / f".secret_key.{os.getpid()}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text(encoding="ascii")


def database(place: Path) -> dict:
    """PostgreSQL from $EQUIPOISE_DATABASE_URL (postgresql://user:password@host:port/name), else SQLite."""
    url = os.environ.get("EQUIPOISE_DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": place / "equipoise.sqlite3",
            # a file, so that a tested server has connections of its own; one for each run, so that runs may overlap
            "TEST": {"NAME": Path(tempfile.gettempdir()) / f"equipoise-test-{os.getpid()}.sqlite3"},
            "OPTIONS": {
                "timeout": 20,  # seconds that a writer waits for another
                "transaction_mode": "IMMEDIATE",  # take the write lock at once, so that waiting works
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise ImproperlyConfigured("EQUIPOISE_DATABASE_URL must be postgresql://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def mail(place: Path) -> dict:
    """Settings of the mail server from $EQUIPOISE_MAIL_URL: smtp://user:password@host:25, smtps:// for TLS from the start,
    smtp+starttls:// for TLS after the greeting. Without it mails are written to files in the home directory."""
    url = os.environ.get("EQUIPOISE_MAIL_URL", "")
    backends = "django.core.mail.backends."
    if not url:
        return {"EMAIL_BACKEND": backends + "filebased.EmailBackend", "EMAIL_FILE_PATH": place / "mail"}
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not parts.hostname:
        raise ImproperlyConfigured(
            "EQUIPOISE_MAIL_URL must be smtp://user:password@host:port (or smtps, smtp+starttls)"
        )
    return {
        "EMAIL_BACKEND": backends + "smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtps": 465, "smtp+starttls": 587}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+starttls",
        "EMAIL_TIMEOUT": 20,
    }


def single_sign_on() -> list[dict]:
    """The hospital's OpenID Connect provider: $EQUIPOISE_OIDC_ISSUER, _CLIENT, _SECRET, and _NAME for the button; none without.

    Whoever the provider vouches for signs in as the person with that e-mail; nobody is made a member by it.
    """
    issuer = os.environ.get("EQUIPOISE_OIDC_ISSUER", "")
    if not issuer:
        return []
    missing = [name for name in ("EQUIPOISE_OIDC_CLIENT", "EQUIPOISE_OIDC_SECRET") if not os.environ.get(name)]
    if missing:
        raise ImproperlyConfigured(f"EQUIPOISE_OIDC_ISSUER needs {' and '.join(missing)} too")
    return [
        {
            "provider_id": "hospital",
            "name": os.environ.get("EQUIPOISE_OIDC_NAME", "OpenID Connect"),
            "client_id": os.environ["EQUIPOISE_OIDC_CLIENT"],
            "secret": os.environ["EQUIPOISE_OIDC_SECRET"],
            "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
        }
    ]
