"""What people have of their own in a world that is being made: notifications, keys, invitations, roles in models, stars."""

from datetime import timedelta

from contract_tests.live.worldly.building import picked
from contract_tests.live.worldly.projects import Projects
from mock_server.studio.rows import (
    Invitation,
    Model,
    ModelPermission,
    ModelStar,
    Notification,
    ProductKey,
    User,
    Workspace,
)
from mock_server.times import moment

GOOD_FOR = timedelta(days=30)  # an invitation of which nobody has said when it ends


class Belongings(Projects):
    """Makes what belongs to somebody."""

    def _made_for_people(self) -> None:
        self._notifications()
        self._keys()
        self._invitations()
        self._roles_in_models()
        self._stars()

    def _notifications(self) -> None:
        for row_id, facts in self._of("notification"):
            user_id = facts.get("user_id") or self._callers.get(facts.get("who", ""))
            if user_id is not None:
                read = moment(facts["read"]) if facts.get("read") else None
                fields = picked(facts, "title", "text", "type")
                self._put(Notification, row_id, user_id=user_id, **fields, created=self._time(facts), read=read)

    def _keys(self) -> None:
        for row_id, facts in self._of("key"):
            if facts.get("user_id") in self._table(User):
                self._put(ProductKey, row_id, **picked(facts, "user_id", "name", "token"), created=self._time(facts))

    def _invitations(self) -> None:
        taken: set[tuple[int, str]] = set()
        for row_id, facts in self._of("invitation"):
            place, email, link = facts["organization_id"], facts["email"].lower(), facts["invitation_link"]
            if place in self._table(Workspace) and (place, email) not in taken:
                taken.add((place, email))
                self._put(
                    Invitation, row_id, organization_id=place, email=email, role=facts["role"], invited_by_id=facts["invited_by_id"],
                    token=link.rpartition("/")[2], link=link, created=self._time(facts), expires=self.now + GOOD_FOR,
                )  # fmt: skip

    def _roles_in_models(self) -> None:
        given: set[tuple[int, int]] = set()
        for row_id, facts in self._of("model permission"):
            user, model = self._person(facts["user"]), facts.get("model_id")
            if user is not None and model in self._table(Model) and (model, user.id) not in given:
                given.add((model, user.id))
                self._put(ModelPermission, row_id, model_id=model, user_id=user.id, role=facts["role"])

    def _stars(self) -> None:
        starred = {(self._callers[who], model) for (who, model), is_starred in self.found.stars.items() if is_starred}
        for user_id, model in sorted(starred):
            if model in self._table(Model):
                self._put(ModelStar, model_id=model, user_id=user_id)
