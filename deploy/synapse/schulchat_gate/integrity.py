"""
The integrity condition, from room state alone: while two or more people are joined or invited, at least one joined
person who can act has level 100. Pure; who can act is the caller's to find out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synapse.events import EventBase
    from synapse.types import StateMap

MODERATOR_LEVEL = 100
_LEVELS = ("m.room.power_levels", "")
_MEMBER = "m.room.member"
_ENDS_MEMBERSHIP = ("leave", "ban")


def concerns(event: EventBase) -> bool:
    """Whether an event could end anybody's moderation at all. Nothing else may cost more than this look."""
    if event.type == _MEMBER:
        return event.content.get("membership") in _ENDS_MEMBERSHIP
    return event.type == "m.room.power_levels"


def moderators(state: StateMap[EventBase], provisioner: str) -> set[str]:
    """Joined people at 100 or more."""
    levels = state.get(_LEVELS)
    return _moderators(state, None if levels is None else levels.content, provisioner)


def lost_moderators(event: EventBase, state: StateMap[EventBase], provisioner: str) -> set[str]:
    """Whom the event would take the room's moderation from. `state` is the room before the event."""
    if event.type == _MEMBER and not _is_strong(event.state_key, state):
        return set()
    return moderators(state, provisioner) - remaining_moderators(event, state, provisioner)


def remaining_moderators(event: EventBase, state: StateMap[EventBase], provisioner: str) -> set[str]:
    if event.type == _MEMBER:
        return moderators(state, provisioner) - {event.state_key}
    return _moderators(state, event.content, provisioner)


def leaves_others(event: EventBase, state: StateMap[EventBase], provisioner: str) -> bool:
    """Whether two or more people would be joined or invited after the event. Goes through the room's members."""
    gone = event.state_key if event.type == _MEMBER else None
    present = 0
    for (event_type, user_id), member in state.items():
        if event_type != _MEMBER or user_id in (provisioner, gone):
            continue
        if member.content.get("membership") in ("join", "invite"):
            present += 1
            if present == 2:
                return True
    return False


def _moderators(state: StateMap[EventBase], levels: Mapping[str, Any] | None, provisioner: str) -> set[str]:
    if levels is None:
        # A room without levels is its creator's.
        strong = {state[("m.room.create", "")].sender}
    elif _level(levels.get("users_default")) >= MODERATOR_LEVEL:
        strong = {user_id for event_type, user_id in state if event_type == _MEMBER}
    else:
        strong = {user_id for user_id, level in _users(levels).items() if _level(level) >= MODERATOR_LEVEL}
    return {user_id for user_id in strong if user_id != provisioner and _is_joined(user_id, state)}


def _is_strong(user_id: str, state: StateMap[EventBase]) -> bool:
    """Spares everybody else's leaving the look at all moderators."""
    levels = state.get(_LEVELS)
    if levels is None:
        return True
    level = _users(levels.content).get(user_id, levels.content.get("users_default"))
    return _level(level) >= MODERATOR_LEVEL


def _is_joined(user_id: str, state: StateMap[EventBase]) -> bool:
    member = state.get((_MEMBER, user_id))
    return member is not None and member.content.get("membership") == "join"


def _users(levels: Mapping[str, Any]) -> Mapping[str, Any]:
    users = levels.get("users")
    return users if isinstance(users, Mapping) else {}


def _level(value: object) -> int:
    """Old room versions take text for a number; whatever is none counts as no level."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return 0
    try:
        return int(value)
    except ValueError:
        return 0
