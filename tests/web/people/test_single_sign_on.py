"""Signing in by the hospital's OpenID Connect provider: a real one on loopback, with keys of its own."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

pytestmark = pytest.mark.django_db
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(BaseHTTPRequestHandler):
    """Vouches for `email` to whoever brings the code."""

    email = ""

    def log_message(self, *_):
        """Say nothing."""

    def _answer(self, facts):
        body = json.dumps(facts).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @property
    def issuer(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def claims(self):
        now = int(time.time())
        return {"iss": self.issuer, "aud": "equipoise", "sub": "42", "email": self.email, "iat": now, "exp": now + 60}

    def do_GET(self):
        at = self.issuer
        if self.path.startswith("/.well-known"):
            return self._answer({"issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token",
                                 "userinfo_endpoint": f"{at}/userinfo", "jwks_uri": f"{at}/jwks"})  # fmt: skip
        if self.path.startswith("/jwks"):
            return self._answer(
                {"keys": [json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k"}]}
            )
        return self._answer(self.claims)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        token = jwt.encode(self.claims, KEY, algorithm="RS256", headers={"kid": "k"})
        self._answer({"access_token": "a", "token_type": "Bearer", "id_token": token})


@pytest.fixture
def provider(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = {"provider_id": "hospital", "name": "Lakeside ID", "client_id": "equipoise", "secret": "s",
           "settings": {"server_url": f"http://127.0.0.1:{server.server_port}", "oauth_pkce_enabled": True}}  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "VERIFIED_EMAIL": True}}
    yield Provider
    server.shutdown()
    server.server_close()


def come_back(client):
    asked = client.post("/account/oidc/hospital/login/")
    assert asked.status_code == 302
    state = parse_qs(urlsplit(asked["Location"]).query)["state"][0]
    return client.get("/account/oidc/hospital/login/callback/", {"code": "c", "state": state})


def test_whom_the_provider_vouches_for_is_in(provider, person, hangzhou, client):
    user = person(hangzhou)
    provider.email = user.email.upper()
    assert "Lakeside ID" in client.get("/account/login/").text
    assert come_back(client)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_stranger_is_made_no_member(provider, client, person):
    provider.email = "stranger@example.org"
    come_back(client)
    assert "_auth_user_id" not in client.session
    from equipoise.web.people.models import User

    assert not User.objects.exists()


def test_someone_who_left_stays_out(provider, client, person, hangzhou):
    user = person(hangzhou, is_active=False)
    provider.email = user.email
    come_back(client)
    assert client.get("/questions/").status_code == 302


def test_the_environment_says_which_provider(monkeypatch):
    from django.core.exceptions import ImproperlyConfigured

    from equipoise.web.environment import single_sign_on

    assert single_sign_on() == []
    monkeypatch.setenv("EQUIPOISE_OIDC_ISSUER", "https://id.example.org")
    with pytest.raises(ImproperlyConfigured, match="EQUIPOISE_OIDC_CLIENT and EQUIPOISE_OIDC_SECRET"):
        single_sign_on()
