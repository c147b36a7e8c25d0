"""Addresses of a lecture's materials, questions, quiz, feedback, certificate and example."""

from django.urls import path

from equipoise.web.lectures.views import certificates, learning, materials, talk

urlpatterns = [
    path("<int:pk>/materials/new/", materials.add, name="material_new"),
    path("<int:pk>/materials/<int:number>/", materials.watch, name="material"),
    path("<int:pk>/materials/<int:number>/file", materials.file, name="material_file"),
    path("<int:pk>/materials/<int:number>/<slug:language>.vtt", materials.captions, name="captions"),
    path("<int:pk>/materials/<int:number>/captions/", materials.edit_captions, name="captions_edit"),
    path("<int:pk>/materials/<int:number>/place/", materials.place, name="material_place"),
    path("<int:pk>/materials/<int:number>/remove/", materials.remove, name="material_remove"),
    path("<int:pk>/talk/", talk.index, name="talk"),
    path("<int:pk>/talk/ask/", talk.ask, name="talk_ask"),
    path("<int:pk>/talk/<int:number>/vote/", talk.vote, name="talk_vote"),
    path("<int:pk>/talk/<int:number>/answer/", talk.answer, name="talk_answer"),
    path("<int:pk>/talk/<int:number>/hide/", talk.hide, name="talk_hide"),
    path("<int:pk>/quiz/", learning.quiz, name="quiz"),
    path("<int:pk>/quiz/result/", learning.quiz_result, name="quiz_result"),
    path("<int:pk>/quiz/overview/", learning.quiz_overview, name="quiz_overview"),
    path("<int:pk>/quiz/items/", learning.quiz_items, name="quiz_items"),
    path("<int:pk>/quiz/items/new/", learning.quiz_item, name="quiz_item_new"),
    path("<int:pk>/quiz/items/<int:number>/", learning.quiz_item, name="quiz_item"),
    path("<int:pk>/quiz/items/<int:number>/remove/", learning.quiz_item_remove, name="quiz_item_remove"),
    path("<int:pk>/feedback/", learning.feedback, name="feedback"),
    path("<int:pk>/feedback/summary/", learning.feedback_summary, name="feedback_summary"),
    path("<int:pk>/certificate/", certificates.mine, name="certificate"),
    path("<int:pk>/certificates/", certificates.issued, name="certificates"),
    path("<int:pk>/certificates/<int:number>/revoke/", certificates.revoke, name="certificate_revoke"),
    path("<int:pk>/example/", learning.example, name="example"),
    path("<int:pk>/example/choose/", learning.example_choose, name="example_choose"),
    path("<int:pk>/example/copy/", learning.example_copy, name="example_copy"),
    path("certificates/<str:code>.pdf", certificates.pdf, name="certificate_pdf"),
    path("verify/", certificates.verify_form, name="verify_form"),
    path("verify/<str:code>/", certificates.verify, name="verify"),
]
