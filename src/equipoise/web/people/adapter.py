"""How allauth treats our accounts."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Nobody signs up: coordinators make accounts."""

    def is_open_for_signup(self, request) -> bool:
        return False


class SingleSignOn(DefaultSocialAccountAdapter):
    """The hospital's provider lets in whom we know; it makes nobody a member."""

    def is_open_for_signup(self, request, sociallogin) -> bool:
        return False


class SecondStep(DefaultMFAAdapter):
    """The second step of signing in."""

    def build_totp_svg(self, url: str) -> str:
        """The QR code as an element of the page (an image in a data: address is refused by our policy)."""
        return super().build_totp_svg(url).partition("?>")[2].strip()


def display(user) -> str:
    return user.name
