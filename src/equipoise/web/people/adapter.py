"""How allauth treats our accounts."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Nobody signs up: coordinators make accounts."""

    def is_open_for_signup(self, request) -> bool:
        return False


class SingleSignOn(DefaultSocialAccountAdapter):
    """The hospital's provider lets in whom we know; it makes nobody a member."""

    def is_open_for_signup(self, request, sociallogin) -> bool:
        return False


def display(user) -> str:
    return user.name
