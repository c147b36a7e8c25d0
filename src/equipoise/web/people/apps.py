from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "equipoise.web.people"
    label = "people"

    def ready(self):
        import equipoise.web.permissions  # noqa: F401  (registers the permissions)
