"""How the module says no: the errcodes and German texts that reach the chat client."""

from __future__ import annotations

import secrets

from synapse.module_api.errors import SynapseError

FORBIDDEN = "M_FORBIDDEN"
ROOM_SETTING_REFUSED = "DE.SCHULCHAT.ROOM_SETTING_REFUSED"
TRY_AGAIN = "DE.SCHULCHAT.TRY_AGAIN"

ROOM_SETTING_TEXT = "Diese Raumeinstellung ist im Schulchat nicht vorgesehen."
TRY_AGAIN_TEXT = "Das lässt sich gerade nicht prüfen. Bitte versuchen Sie es in einer Minute noch einmal."
NOT_INVITED_TEXT = "Der Beitritt ist nur mit einer gültigen Einladung möglich."

# No look-alikes.
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_REFERENCE_LENGTH = 10


def refusal(text: str, errcode: str) -> SynapseError:
    """To be raised, never returned as False: then Synapse would put a text of its own in place of ours."""
    return SynapseError(403, text, errcode)


def room_setting_refused() -> SynapseError:
    return refusal(ROOM_SETTING_TEXT, ROOM_SETTING_REFUSED)


def new_reference() -> str:
    """As the gate makes them: ten characters that can be read out on the telephone, found again in the log."""
    return "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(_REFERENCE_LENGTH))


def try_again(reference: str) -> SynapseError:
    return refusal(f"{TRY_AGAIN_TEXT} ({reference})", TRY_AGAIN)


def as_join_refusal(error: SynapseError) -> SynapseError:
    """With any other errcode the published client leaves the room, and the invitation is gone."""
    return refusal(error.msg, FORBIDDEN)
