"""
Registers the module with Synapse and sends each thing that happens to its rule: refused or allowed here if no question
is needed, otherwise asked at the gate. The provisioner may do everything.
"""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from synapse.module_api import NOT_SPAM
from synapse.module_api.errors import Codes, SynapseError
from twisted.internet import reactor

from schulchat_gate import integrity, rules
from schulchat_gate.config import ModuleConfig, parse_config
from schulchat_gate.gate_client import GateClient
from schulchat_gate.known_accounts import PATH as KNOWN_ACCOUNTS_PATH
from schulchat_gate.known_accounts import KnownAccounts
from schulchat_gate.refusals import (
    FORBIDDEN,
    NOT_INVITED_TEXT,
    as_join_refusal,
    new_reference,
    refusal,
    room_setting_refused,
    try_again,
)
from schulchat_gate.rewrite import rewrite_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from synapse.events import EventBase
    from synapse.module_api import ModuleApi, UserProfile
    from synapse.types import Requester, RoomAlias, StateMap
    from typing_extensions import ParamSpec

    P = ParamSpec("P")

T = TypeVar("T")
logger = logging.getLogger(__name__)

SpamVerdict = Literal["NOT_SPAM"] | Codes
# A room of people has a handful; the gate only looks for one who is staff of a group.
_MODERATORS_SENT = 50


def _never_a_500(callback: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """A fault of our own is a refusal with a text, and a traceback in the log."""

    @functools.wraps(callback)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await callback(*args, **kwargs)
        except SynapseError:
            raise
        except Exception:
            reference = new_reference()
            logger.exception("Refused, because %s failed (%s)", callback.__name__, reference)
            raise try_again(reference) from None

    return guarded


class SchulchatGate:
    def __init__(self, config: ModuleConfig, api: ModuleApi) -> None:
        self._api = api
        self._marker_types = config.school_marker_types
        self._provisioner = f"@{config.provisioner_localpart}:{api.server_name}"
        # Nobody can sign in as this one, and Synapse lets nobody invite it: its rooms are the server's own notices.
        self._ours = frozenset({self._provisioner, f"@{config.notices_localpart}:{api.server_name}"})
        self._gate = GateClient(config, reactor)
        # Not a defence: the provisioner needs it whether anything is checked or not.
        api.register_web_resource(KNOWN_ACCOUNTS_PATH, KnownAccounts(api, self._provisioner))
        if not config.enabled:
            logger.warning("schulchat_gate is switched off: nothing is checked")
            return
        api.register_third_party_rules_callbacks(
            check_event_allowed=self.check_event_allowed,
            on_create_room=self.on_create_room,
            check_threepid_can_be_invited=self.check_threepid_can_be_invited,
            check_visibility_can_be_modified=self.check_visibility_can_be_modified,
        )
        api.register_spam_checker_callbacks(
            user_may_create_room=self.user_may_create_room,
            user_may_create_room_alias=self.user_may_create_room_alias,
            user_may_publish_room=self.user_may_publish_room,
            user_may_send_3pid_invite=self.user_may_send_3pid_invite,
            check_username_for_spam=self.check_username_for_spam,
        )

    @staticmethod
    def parse_config(raw: dict[str, Any]) -> ModuleConfig:
        return parse_config(raw)

    # Rooms that come into being

    @_never_a_500
    async def on_create_room(self, requester: Requester, request: dict[str, Any], is_admin: bool) -> None:  # noqa: ARG002
        """Decides the request as a whole before the room exists. Server admins are people too."""
        creator = requester.user.to_string()
        if creator in self._ours:
            return
        await self._gate.ask("create_room", {"creator": creator, "request": request})
        if rules.is_request_refused(request, self._marker_types):
            raise room_setting_refused()
        try:
            rewrite_request(request, creator, self._provisioner)
        except ValueError as error:
            raise SynapseError(400, str(error), Codes.BAD_JSON) from None

    @_never_a_500
    async def user_may_create_room(self, user_id: str, request: dict[str, Any]) -> SpamVerdict:
        """Also called for an upgrade, which `on_create_room` never sees."""
        if user_id != self._provisioner and rules.is_creation_refused(request.get("creation_content") or {}):
            raise room_setting_refused()
        return NOT_SPAM

    # Events

    async def check_event_allowed(self, event: EventBase, state: StateMap[EventBase]) -> tuple[bool, None]:
        # Runs for every event of the server: messages must not get further than here.
        if event.is_state() and event.sender not in self._ours:
            await self._check_state_event(event, state)
        return True, None

    @_never_a_500
    async def _check_state_event(self, event: EventBase, state: StateMap[EventBase]) -> None:
        if event.type == "m.room.member":
            await self._check_member_event(event, state)
        else:
            await self._check_room_setting(event, state)
        if integrity.concerns(event):
            await self._check_integrity(event, state)
        if rules.may_alter_kept_room(event) and rules.room_creator(state) == self._provisioner:
            self._tell_of_change(event.room_id, "kept")

    async def _check_room_setting(self, event: EventBase, state: StateMap[EventBase]) -> None:
        verdict = rules.judge_state(event.type, event.state_key, event.content, self._marker_types)
        if verdict == "allow":
            if event.type == "m.room.join_rules" and rules.is_restricted(state.get((event.type, ""))):
                self._tell_of_change(event.room_id, "groups")
            return
        if verdict == "refuse":
            raise room_setting_refused()

        creator = rules.room_creator(state)
        about: dict[str, Any] = {"sender": event.sender, "room_id": event.room_id, "creator": creator}
        if verdict == "ask school_marker":
            await self._gate.ask("school_marker", {**about, "school": event.content["name"]})
            return

        current = state.get((event.type, ""))
        if (
            verdict == "ask power_levels"
            and current is None
            and event.sender == creator
            and rules.is_first_power_levels(event.content, creator, self._provisioner)
        ):
            return
        if verdict == "ask join_rules":
            moderators = sorted(integrity.moderators(state, self._provisioner))
            about["moderators"] = moderators[:_MODERATORS_SENT]
        await self._gate.ask(
            verdict.removeprefix("ask "),
            {
                **about,
                "content": rules.plain(event.content),
                "current": None if current is None else rules.plain(current.content),
            },
        )

    async def _check_member_event(self, event: EventBase, state: StateMap[EventBase]) -> None:
        membership = event.content.get("membership")
        if membership == "join":
            try:
                await self._check_profile(event)
                await self._check_join(event.state_key, event.room_id, state)
            except SynapseError as error:
                raise as_join_refusal(error) from None
            return

        await self._check_profile(event)
        if membership == "invite":
            await self._check_invitation(event, state)
        elif membership == "knock" or rules.is_message_to_absent(event, state):
            raise room_setting_refused()

    async def _check_integrity(self, event: EventBase, state: StateMap[EventBase]) -> None:
        """
        Asks only if the event would leave people without anybody who can look after the room. In doubt it allows: an
        outage must hold nobody in a room, and the worker repairs.
        """
        try:
            lost = integrity.lost_moderators(event, state, self._provisioner)
            if not lost:
                return
            remaining = integrity.remaining_moderators(event, state, self._provisioner)
            is_kept = await self._can_any_act(remaining) or not integrity.leaves_others(event, state, self._provisioner)
            if is_kept or not await self._can_any_act(lost):
                # Two who leave at the same moment each see the other one: the worker looks at the room afterwards.
                self._tell_of_change(event.room_id, "integrity")
                return
        except Exception:
            logger.exception("Allowed, because the integrity condition could not be checked")
            return
        await self._gate.ask_if_there(
            "last_moderator",
            {"sender": event.sender, "room_id": event.room_id, "kind": rules.kind_of_loss(event)},
        )

    async def _can_any_act(self, user_ids: set[str]) -> bool:
        for user_id in user_ids:
            # Synapse keeps this in a cache of its own, which every change of an account clears in all its processes.
            account = await self._api.get_userinfo_by_id(user_id) if self._api.is_mine(user_id) else None
            if account is not None and not (account.is_deactivated or account.locked or account.suspended):
                return True
        return False

    def _tell_of_change(self, room_id: str, concern: Literal["integrity", "groups", "kept"]) -> None:
        self._api.run_as_background_process(
            "schulchat_room_changed",
            self._gate.tell,
            "room_changed",
            {"room_id": room_id, "concern": concern},
        )

    async def _check_profile(self, event: EventBase) -> None:
        """A name or picture of one's own choice in a room would be a way to pose as somebody else."""
        if not event.content.get("displayname") and not event.content.get("avatar_url"):
            return
        display_name, avatar_url = None, None
        if self._api.is_mine(event.state_key):
            localpart = event.state_key[1:].split(":", 1)[0]
            profile = await self._api.get_profile_for_user(localpart)
            display_name, avatar_url = profile.display_name, profile.avatar_url
        if not rules.is_profile_content(event.content, display_name, avatar_url):
            raise room_setting_refused()

    async def _check_invitation(self, event: EventBase, state: StateMap[EventBase]) -> None:
        # Synapse looks at memberships only later; an outsider's invitation must not settle the room's school.
        if "third_party_invite" in event.content or rules.membership_of(event.sender, state) != "join":
            raise room_setting_refused()
        if event.state_key == self._provisioner:
            self._accept_as_provisioner(event.room_id)
            return
        # Asked for the invitations of a createRoom request too: the gate notes the room's school at this moment.
        await self._gate.ask(
            "invite",
            {
                "inviter": event.sender,
                "invitee": event.state_key,
                "room_id": event.room_id,
                "creator": rules.room_creator(state),
                "marker": rules.room_marker(state, self._marker_types),
            },
        )

    async def _check_join(self, user_id: str, room_id: str, state: StateMap[EventBase]) -> None:
        membership = rules.membership_of(user_id, state)
        creator = rules.room_creator(state)
        # Synapse sends the join again when a profile changes; the creator of a new room has no membership before.
        if membership == "join" or (membership is None and user_id == creator):
            return
        if membership != "invite":
            raise refusal(NOT_INVITED_TEXT, FORBIDDEN)
        inviter = state[("m.room.member", user_id)].sender
        if inviter in self._ours:
            return
        await self._gate.ask(
            "join",
            {
                "user": user_id,
                "inviter": inviter,
                "room_id": room_id,
                "creator": creator,
                "marker": rules.room_marker(state, self._marker_types),
            },
        )

    def _accept_as_provisioner(self, room_id: str) -> None:
        """
        Not from `on_new_event`: registering that makes Synapse load a room's state for each event of the server, and
        fill its log with warnings about finished contexts (1.160). The join waits by itself until the invitation is
        stored, and in createRoom until all are: Synapse lets one change of memberships into a room at a time.
        """
        provisioner = self._provisioner
        self._api.run_as_background_process(
            "schulchat_provisioner_join",
            self._api.update_room_membership,
            provisioner,
            provisioner,
            room_id,
            "join",
        )

    # What only the provisioner may do, and what nobody may

    async def user_may_create_room_alias(self, user_id: str, alias: RoomAlias) -> SpamVerdict:  # noqa: ARG002
        return self._provisioner_only(user_id)

    async def user_may_publish_room(self, user_id: str, room_id: str) -> SpamVerdict:  # noqa: ARG002
        return self._provisioner_only(user_id)

    def _provisioner_only(self, user_id: str) -> SpamVerdict:
        if user_id != self._provisioner:
            raise room_setting_refused()
        return NOT_SPAM

    async def check_visibility_can_be_modified(
        self,
        room_id: str,  # noqa: ARG002
        state: StateMap[EventBase],
        visibility: str,
    ) -> bool:
        """Synapse does not say who asks. It also asks this about every new room, as private and without any state."""
        create = state.get(("m.room.create", ""))
        return visibility == "private" or (create is not None and create.sender == self._provisioner)

    async def user_may_send_3pid_invite(self, inviter: str, medium: str, address: str, room_id: str) -> SpamVerdict:  # noqa: ARG002
        raise room_setting_refused()

    async def check_threepid_can_be_invited(
        self,
        medium: str,  # noqa: ARG002
        address: str,  # noqa: ARG002
        state: StateMap[EventBase],  # noqa: ARG002
    ) -> bool:
        return False

    async def check_username_for_spam(self, profile: UserProfile, requester_id: str) -> bool:  # noqa: ARG002
        """True hides. Whom one may find is answered by the address book, never by Synapse's user directory."""
        return True
