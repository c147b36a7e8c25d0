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


# Questions: the owner writes; members of the same institution, auditors among them, read.
rules.add_perm("questions.list_questions", is_active & is_a_member)
rules.add_perm("questions.add_question", is_active & may_write)
rules.add_perm("questions.view_question", is_active & (owns | shares_the_institution))
rules.add_perm("questions.change_question", is_active & may_write & owns)

# Searches: whoever may read a question and write anywhere may have it searched; whoever asked may cancel.
rules.add_perm("designs.list_searches", is_active & is_a_member)
rules.add_perm("designs.start_search", is_active & may_write & (owns | shares_the_institution))
rules.add_perm("designs.view_search", is_active & (owns | shares_the_institution))
rules.add_perm("designs.cancel_search", is_active & may_write & owns)
