"""Addresses of the workbench."""

from django.urls import include, path

from equipoise.web import feeds, find, pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("healthz", pages.healthz, name="healthz"),
    path("language", pages.set_language, name="set_language"),
    path("calendar/<str:token>.ics", feeds.feed, name="feed"),
    path("find", find.page, name="find"),
    path("account/email/", pages.closed, name="account_email"),
    path("account/", include("allauth.urls")),
    path("", include("equipoise.web.designs.urls")),
    path("questions/", include("equipoise.web.questions.urls")),
    path("people/", include("equipoise.web.people.urls")),
    path("programme/", include("equipoise.web.programme.urls")),
    path("lectures/", include("equipoise.web.lectures.urls")),
    path("board/", include("equipoise.web.advice.urls")),
    path("notices/", include("equipoise.web.notices.urls")),
]

handler400 = "equipoise.web.pages.bad_request"
handler403 = "equipoise.web.pages.permission_denied"
handler404 = "equipoise.web.pages.not_found"
handler500 = "equipoise.web.pages.server_error"
