"""Addresses of the room of people."""

from django.urls import path

from equipoise.web.people.views import holidays, invitations, people

app_name = "people"
urlpatterns = [
    path("", people.index, name="list"),
    path("me/", people.me, name="me"),
    path("me/calendar/", people.new_feed, name="new_feed"),
    path("<int:pk>/", people.detail, name="detail"),
    path("invitations/", invitations.index, name="invitations"),
    path("invitations/<int:pk>/withdraw/", invitations.take_back, name="withdraw"),
    path("invitations/import/", invitations.from_sheet, name="import"),
    path("invitations/import/do/", invitations.do_import, name="do_import"),
    path("invitations/import/people.csv", invitations.sheet_template, name="sheet_template"),
    path("welcome/<str:token>/", invitations.welcome, name="accept"),
    path("institutions/<int:number>/holidays/", holidays.index, name="holidays"),
    path("institutions/<int:number>/holidays/fill/", holidays.fill, name="fill_holidays"),
    path("holidays/<int:number>/remove/", holidays.remove, name="remove_holiday"),
]
