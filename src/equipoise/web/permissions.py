"""Who may do what, in one readable file. What is not allowed here is denied.

Predicates are sentences about a person and an object; `rules.add_perm` gives them their names, and views ask for them
with `equipoise.web.access.needs`. A later room adds its sentences here.
"""

import rules


@rules.predicate
def is_active(user):
    return user.is_active


@rules.predicate
def is_a_member(user):
    """The person has a role at an institution."""
    return bool(user.roles)


@rules.predicate
def may_write(user):
    """The person has a role other than auditor's, who reads and changes nothing."""
    return any(role != "auditor" for _institution, role in user.roles)


@rules.predicate
def owns(user, thing):
    """The thing, or the question it belongs to, is the person's own."""
    return thing is not None and thing.owner_id == user.pk


@rules.predicate
def shares_the_institution(user, thing):
    """The person is a member of the institution that the thing belongs to."""
    return thing is not None and thing.institution_id in user.institution_ids


@rules.predicate
def is_in_a_programme(user):
    """One of the person's institutions belongs to a programme."""
    return bool(user.programme_ids)


@rules.predicate
def coordinates_somewhere(user):
    """The person coordinates a programme for one of its institutions."""
    return bool(user.coordinated_programme_ids)


@rules.predicate
def belongs_to_the_programme(user, thing):
    """One of the person's institutions belongs to the programme of the thing."""
    return thing is not None and thing.programme_id in user.programme_ids


@rules.predicate
def coordinates_the_programme(user, thing):
    """The person is a coordinator at an institution of the thing's programme."""
    return thing is not None and thing.programme_id in user.coordinated_programme_ids


@rules.predicate
def audits(user):
    """The person is an auditor somewhere; always asked together with where."""
    return any(role == "auditor" for _institution, role in user.roles)


# Questions: the owner writes; members of the same institution, auditors among them, read, and so do the members of a
# programme that it is shared with, and the advisers of a consultation about it.


@rules.predicate
def is_shared_with_their_programme(user, question):
    return question is not None and question.shared_with_id in user.programme_ids


@rules.predicate
def advises_on_the_question(user, question):
    """The person is an adviser of a consultation about the question."""
    from equipoise.web.advice.queries import cases_of_adviser

    return question is not None and cases_of_adviser(user).filter(question=question).exists()


@rules.predicate
def is_shared_through_its_question(user, search):
    return search is not None and is_shared_with_their_programme(user, search.question)


@rules.predicate
def advises_on_its_question(user, search):
    return search is not None and advises_on_the_question(user, search.question)


rules.add_perm("questions.list_questions", is_active & is_a_member)
rules.add_perm("questions.add_question", is_active & may_write)
rules.add_perm(
    "questions.view_question",
    is_active & (owns | shares_the_institution | is_shared_with_their_programme | advises_on_the_question),
)
rules.add_perm("questions.change_question", is_active & may_write & owns)
rules.add_perm("questions.share_question", is_active & may_write & owns & is_in_a_programme)

# Searches: whoever may read a question and write anywhere may have it searched; whoever asked may cancel.
may_read_search = owns | shares_the_institution | is_shared_through_its_question | advises_on_its_question
rules.add_perm("designs.list_searches", is_active & is_a_member)
rules.add_perm(
    "designs.start_search",
    is_active
    & may_write
    & rules.predicate(
        lambda user, question: user.has_perm("questions.view_question", question), name="may_read_the_question"
    ),
)
rules.add_perm("designs.view_search", is_active & may_read_search)
rules.add_perm("designs.cancel_search", is_active & may_write & owns)


# People: those of one's own institutions and programmes; coordinators invite for theirs.


@rules.predicate
def is_oneself(user, person):
    return person is not None and person.pk == user.pk


@rules.predicate
def works_with(user, person):
    """They share an institution or a programme."""
    return person is not None and bool(
        user.institution_ids & person.institution_ids or user.programme_ids & person.programme_ids
    )


@rules.predicate
def coordinates_the_person(user, person):
    """The person belongs to a programme that the user coordinates."""
    return person is not None and bool(user.coordinated_programme_ids & person.programme_ids)


@rules.predicate
def coordinates_the_institution(user, thing):
    """The user coordinates the institution that the thing belongs to."""
    return thing is not None and (thing.institution_id, "coordinator") in user.roles


rules.add_perm("people.list_people", is_active & is_a_member)
rules.add_perm("people.view_user", is_active & (is_oneself | works_with))
rules.add_perm("people.change_user", is_active & is_oneself)
rules.add_perm("people.view_growth", is_active & (is_oneself | coordinates_the_person | (audits & works_with)))
rules.add_perm("people.add_invitation", is_active & coordinates_somewhere)
rules.add_perm("people.view_invitation", is_active & coordinates_the_institution)
rules.add_perm("people.withdraw_invitation", is_active & coordinates_the_institution)
rules.add_perm("people.import_people", is_active & coordinates_somewhere)

# Notices: one's own.
rules.add_perm("notices.list_notices", is_active)

# The programme: its members see its year; coordinators keep it; its papers are for coordinators, contacts and auditors.


@rules.predicate
def is_a_contact(user, programme):
    return programme is not None and programme.contacts.filter(pk=user.pk).exists()


reads_for_the_programme = coordinates_the_programme | (audits & belongs_to_the_programme)
rules.add_perm("programme.list_programmes", is_active & is_in_a_programme)
rules.add_perm("programme.view_programme", is_active & belongs_to_the_programme)
rules.add_perm("programme.change_programme", is_active & coordinates_the_programme)
rules.add_perm(
    "programme.view_papers", is_active & (reads_for_the_programme | (is_a_contact & belongs_to_the_programme))
)
rules.add_perm("programme.view_cohort", is_active & reads_for_the_programme)
rules.add_perm("programme.make_report", is_active & coordinates_the_programme)
rules.add_perm("programme.view_yearreport", is_active & reads_for_the_programme)
rules.add_perm(
    "programme.view_document",
    is_active
    & (
        reads_for_the_programme
        | rules.predicate(
            lambda user, document: is_a_contact(user, document.programme), name="is_a_contact_of_its_programme"
        )
    ),
)


# Lectures: members see those with a date; coordinators plan; the speaker keeps what belongs to the lecture.


@rules.predicate
def is_public(user, lecture):
    """The lecture has a date, and is past the planning."""
    return lecture is not None and lecture.is_public


@rules.predicate
def speaks(user, lecture):
    return lecture is not None and lecture.speaker_id == user.pk


may_see_lecture = belongs_to_the_programme & (is_public | audits | coordinates_the_programme | speaks)
keeps_the_lecture = belongs_to_the_programme & (coordinates_the_programme | speaks)
rules.add_perm("lectures.list_lectures", is_active & is_in_a_programme)
rules.add_perm("lectures.view_series", is_active & belongs_to_the_programme)
rules.add_perm("lectures.add_lecture", is_active & coordinates_somewhere)
rules.add_perm("lectures.plan_series", is_active & coordinates_the_programme)
rules.add_perm("lectures.view_lecture", is_active & may_see_lecture)
rules.add_perm("lectures.change_lecture", is_active & coordinates_the_programme)
rules.add_perm("lectures.answer_invitation", is_active & speaks)
rules.add_perm("lectures.take_part", is_active & may_write & belongs_to_the_programme & is_public)
rules.add_perm("lectures.keep_lecture", is_active & keeps_the_lecture)
rules.add_perm("lectures.view_attendance", is_active & (keeps_the_lecture | (audits & belongs_to_the_programme)))

# The board: a consultation is seen by its requester and team, its advisers, coordinators and auditors; while it is
# voted on by the board too. A declared conflict closes it to that person, whatever else they are.


@rules.predicate
def is_of_the_team(user, case):
    """The requester, or one of the team."""
    return case is not None and (case.owner_id == user.pk or case.team.filter(pk=user.pk).exists())


@rules.predicate
def advises(user, case):
    """One of the case's two advisers."""
    if case is None:
        return False
    advisers = (case.adviser, case.second_adviser)
    return any(member is not None and member.user_id == user.pk for member in advisers)


@rules.predicate
def has_a_conflict(user, case):
    """A declared interest keeps the person from the case."""
    from equipoise.web.advice.queries import conflicts_of

    return case is not None and conflicts_of(user).close(case)


@rules.predicate
def is_asked_to_vote(user, case):
    """The person sits on the board, and the case is put to the whole board."""
    from equipoise.web.advice.queries import board_member

    return case is not None and board_member(user, case) is not None and case.votes.exists()


@rules.predicate
def is_submitted(user, case):
    """It has left its requester's desk."""
    return case is not None and case.status != "draft"


@rules.predicate
def is_a_draft(user, case):
    return case is not None and case.status == "draft"


@rules.predicate
def sits_on_the_board(user, thing):
    from equipoise.web.advice.queries import board_member

    return thing is not None and board_member(user, thing) is not None


@rules.predicate
def has_a_case_on_the_agenda(user, session):
    return session is not None and session.consultations.filter(owner=user).exists()


@rules.predicate
def is_the_member(user, member):
    return member is not None and member.user_id == user.pk


works_on_the_case = (reads_for_the_programme | advises | is_asked_to_vote) & is_submitted & ~has_a_conflict
rules.add_perm("advice.list_consultations", is_active & is_in_a_programme)
rules.add_perm("advice.add_consultation", is_active & may_write & is_in_a_programme)
rules.add_perm("advice.view_consultation", is_active & (is_of_the_team | works_on_the_case))
rules.add_perm("advice.change_consultation", is_active & may_write & is_of_the_team & is_a_draft)
rules.add_perm("advice.withdraw_consultation", is_active & may_write & is_of_the_team)
rules.add_perm("advice.answer_advice", is_active & may_write & is_of_the_team)
rules.add_perm(
    "advice.triage_consultation",
    is_active & coordinates_the_programme & is_submitted & ~is_of_the_team & ~has_a_conflict,
)
rules.add_perm("advice.give_advice", is_active & advises & is_submitted & ~is_of_the_team & ~has_a_conflict)
rules.add_perm("advice.vote", is_active & sits_on_the_board & is_asked_to_vote & ~has_a_conflict)
rules.add_perm("advice.view_board", is_active & belongs_to_the_programme)
rules.add_perm("advice.view_measures", is_active & (reads_for_the_programme | sits_on_the_board))
rules.add_perm("advice.change_board", is_active & coordinates_the_programme)
rules.add_perm("advice.declare_conflict", is_active & (is_the_member | coordinates_the_programme))
rules.add_perm(
    "advice.view_session",
    is_active & belongs_to_the_programme & (reads_for_the_programme | sits_on_the_board | has_a_case_on_the_agenda),
)
rules.add_perm("advice.change_session", is_active & coordinates_the_programme)
