"""How allauth treats our accounts."""

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Nobody signs up: coordinators make accounts."""

    def is_open_for_signup(self, request) -> bool:
        return False


def display(user) -> str:
    return user.name
