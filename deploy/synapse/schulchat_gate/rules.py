"""What needs no question: pure rules over requests, events and room state. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from synapse.events import EventBase
    from synapse.types import StateMap

PROVISIONER_LEVEL = 150
CREATOR_LEVEL = 100
_LOWEST_STATE_LEVEL = 50

# In version 12 a creator has endless power, so nobody could ever be demoted.
_ROOM_VERSIONS = tuple(str(version) for version in range(1, 12))
_CREATION_KEYS_REFUSED = ("predecessor", "type", "additional_creators")
_PROVISIONER_ONLY = frozenset(
    {
        "m.room.tombstone",
        "m.room.server_acl",
        "m.room.third_party_invite",
        "m.room.canonical_alias",
        "m.room.aliases",
    }
)
# Synapse writes these itself; in `initial_state` they would replace or precede what it writes.
_NOT_IN_INITIAL_STATE = frozenset({"m.room.create", "m.room.member", "m.room.power_levels"})
_MEMBERSHIP_KEYS = frozenset({"membership", "displayname", "avatar_url"})
_HISTORY_ALLOWED = ("shared", "invited", "joined")
_SINGLETONS = frozenset(
    {"m.room.join_rules", "m.room.power_levels", "m.room.history_visibility", "m.room.guest_access"}
)

Verdict = Literal["allow", "refuse", "ask join_rules", "ask power_levels", "ask school_marker"]


def plain(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    """Event content comes as immutable mappings that json cannot write."""
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value


def judge_state(event_type: str, state_key: str, content: Mapping[str, Any], marker_types: tuple[str, ...]) -> Verdict:
    """The rule for a state event of anybody but the provisioner; m.room.member has rules of its own."""
    if event_type in _PROVISIONER_ONLY:
        return "refuse"
    if event_type in _SINGLETONS and state_key != "":
        return "refuse"
    if event_type == "m.room.create":
        return "refuse" if is_creation_refused(content) else "allow"
    if event_type == "m.room.join_rules":
        return _judge_join_rule(content.get("join_rule"))
    if event_type == "m.room.power_levels":
        return "ask power_levels"
    if event_type == "m.room.history_visibility":
        return "allow" if content.get("history_visibility") in _HISTORY_ALLOWED else "refuse"
    if event_type == "m.room.guest_access":
        return "allow" if content.get("guest_access") == "forbidden" else "refuse"
    if marked_school(event_type, state_key, content, marker_types) is not None:
        return "ask school_marker"
    return "refuse" if event_type in marker_types else "allow"


def _judge_join_rule(join_rule: object) -> Verdict:
    if join_rule == "invite":
        return "allow"
    return "ask join_rules" if join_rule == "restricted" else "refuse"


def is_restricted(join_rules: EventBase | None) -> bool:
    return join_rules is not None and join_rules.content.get("join_rule") == "restricted"


def kind_of_loss(event: EventBase) -> Literal["leave", "removal", "levels"]:
    """How an event takes a moderator away; the published client forgets the room if its own leave gets another code."""
    if event.type != "m.room.member":
        return "levels"
    return "leave" if event.state_key == event.sender else "removal"


def is_creation_refused(creation_content: Mapping[str, Any]) -> bool:
    """A predecessor is what /upgrade writes; it would also make clients lead people from another room into this one."""
    version = creation_content.get("room_version", "11")
    return version not in _ROOM_VERSIONS or any(key in creation_content for key in _CREATION_KEYS_REFUSED)


def is_request_refused(request: Mapping[str, Any], marker_types: tuple[str, ...]) -> bool:
    """
    The module's own look at a createRoom request, after the gate's. What is refused only when Synapse writes the event
    would leave a half-made room behind, so everything that can be seen here must be.
    """
    creation_content = request.get("creation_content") or {}
    initial_state = request.get("initial_state") or []
    if not isinstance(creation_content, dict) or not isinstance(initial_state, list):
        return True
    return (
        is_creation_refused(creation_content)
        or request.get("room_version", "11") not in _ROOM_VERSIONS
        or bool(request.get("invite_3pid"))
        or "room_alias_name" in request
        or request.get("visibility", "private") != "private"
        or request.get("preset", "private_chat") not in ("private_chat", "trusted_private_chat")
        or any(_is_initial_state_refused(entry, marker_types) for entry in initial_state)
    )


def _is_initial_state_refused(entry: object, marker_types: tuple[str, ...]) -> bool:
    if not isinstance(entry, dict):
        return True
    event_type, state_key, content = entry.get("type"), entry.get("state_key", ""), entry.get("content")
    if not isinstance(event_type, str) or not isinstance(state_key, str) or not isinstance(content, dict):
        return True
    verdict = judge_state(event_type, state_key, content, marker_types)
    return event_type in _NOT_IN_INITIAL_STATE or verdict in ("refuse", "ask join_rules")


def is_first_power_levels(content: Mapping[str, Any], creator: str, provisioner: str) -> bool:
    """
    The levels of a new room as the module's rewriting makes them. They need no question: the request was decided
    before, and a gate that fails between the two would leave a room without levels.
    """
    return (
        plain(content.get("users")) == {creator: CREATOR_LEVEL, provisioner: PROVISIONER_LEVEL}
        and _is_level(content.get("users_default", 0), at_most=0)
        and _is_level(content.get("state_default", _LOWEST_STATE_LEVEL), at_least=_LOWEST_STATE_LEVEL)
    )


def _is_level(value: object, *, at_least: int | None = None, at_most: int | None = None) -> bool:
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and (at_least is None or value >= at_least)
        and (at_most is None or value <= at_most)
    )


def marked_school(
    event_type: str, state_key: str, content: Mapping[str, Any], marker_types: tuple[str, ...]
) -> str | None:
    """
    The school that a state event names as the room's. The published client's event type is not public, so a marker is
    also known by its shape; Matrix's own types are none (m.room.name looks the same).
    """
    if state_key != "" or set(content.keys()) != {"name"} or not isinstance(content["name"], str):
        return None
    if event_type in marker_types or not event_type.startswith("m."):
        return content["name"]
    return None


def room_marker(state: StateMap[EventBase], marker_types: tuple[str, ...]) -> str | None:
    """The configured types come first; among types known only by shape, the order is fixed by their names."""
    candidates = {
        event_type: school
        for (event_type, state_key), event in state.items()
        if (school := marked_school(event_type, state_key, event.content, marker_types)) is not None
    }
    known_first = sorted(candidates, key=lambda event_type: (event_type not in marker_types, event_type))
    return candidates[known_first[0]] if known_first else None


def may_alter_kept_room(event: EventBase) -> bool:
    """Somebody shown out, or other levels: the provisioner looks whether a room of its own is still as wanted."""
    if event.type == "m.room.member":
        return event.sender != event.state_key and event.content.get("membership") in ("leave", "ban")
    return event.type == "m.room.power_levels"


def room_creator(state: StateMap[EventBase]) -> str:
    return state[("m.room.create", "")].sender


def membership_of(user_id: str, state: StateMap[EventBase]) -> str | None:
    member = state.get(("m.room.member", user_id))
    return None if member is None else member.content.get("membership")


def is_profile_content(content: Mapping[str, Any], display_name: str | None, avatar_url: str | None) -> bool:
    """Whether a member event shows its person as the account does. Absent and empty are the same."""
    return (content.get("displayname") or None) in (None, display_name or None) and (
        content.get("avatar_url") or None
    ) in (None, avatar_url or None)


def is_message_to_absent(event: EventBase, state: StateMap[EventBase]) -> bool:
    """
    A ban or kick reaches its person's /sync with whatever its content says. Of somebody who never was in the room it
    would be a contact that nobody allowed; of somebody who is there no more it may carry no text.
    """
    if event.state_key == event.sender:
        return False
    present = membership_of(event.state_key, state)
    if present in ("join", "invite"):
        return False
    return present is None or not _MEMBERSHIP_KEYS.issuperset(event.content.keys())
