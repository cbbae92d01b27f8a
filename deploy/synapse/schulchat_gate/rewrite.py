"""Turns a createRoom request that the gate allowed into one whose room the school can look after."""

from __future__ import annotations

from typing import Any

from schulchat_gate.rules import CREATOR_LEVEL, PROVISIONER_LEVEL


def rewrite_request(request: dict[str, Any], creator: str, provisioner: str) -> None:
    """
    Changes the request in place, as Synapse expects of `on_create_room`. Raises ValueError if a part has the wrong
    form.
    """
    # trusted_private_chat would give every invited person the creator's level.
    request["preset"] = "private_chat"
    request["visibility"] = "private"
    request.setdefault("room_version", "11")

    creation_content = _mapping(request, "creation_content")
    creation_content["m.federate"] = False

    levels = _mapping(request, "power_level_content_override")
    users = _mapping(levels, "users")
    users[creator] = CREATOR_LEVEL
    users[provisioner] = PROVISIONER_LEVEL

    # First, so that a room whose later invitations fail still has the provisioner.
    invitees = _list(request, "invite")
    request["invite"] = [provisioner, *(invitee for invitee in invitees if invitee != provisioner)]

    # The preset lets guests in, and Synapse would write that event itself.
    initial_state = _list(request, "initial_state")
    if all(entry.get("type") != "m.room.guest_access" for entry in initial_state):
        initial_state.append({"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "forbidden"}})


def _mapping(parent: dict[str, Any], key: str) -> dict[str, Any]:
    value = parent.get(key)
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise ValueError(f"{key} is not an object")
    parent[key] = value
    return value


def _list(parent: dict[str, Any], key: str) -> list[Any]:
    value = parent.get(key)
    if value is None:
        value = []
    if not isinstance(value, list):
        raise ValueError(f"{key} is not a list")
    parent[key] = value
    return value
