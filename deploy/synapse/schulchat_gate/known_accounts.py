"""
Tells the provisioner which of many accounts exist, in one request. Synapse's admin API knows only one account at a
time, and half a million are made in the first days. Nobody else is answered, and the proxy lets nobody through to here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synapse.module_api import DirectServeJsonResource, parse_json_object_from_request
from synapse.module_api.errors import Codes, SynapseError

from schulchat_gate.refusals import FORBIDDEN

if TYPE_CHECKING:
    from synapse.http.site import SynapseRequest
    from synapse.module_api import LoggingTransaction, ModuleApi

PATH = "/_synapse/schulchat/known_accounts"
_MOST_AT_ONCE = 500


class KnownAccounts(DirectServeJsonResource):
    """`POST {"user_ids": [...]}` answers `{"known": [...]}`: those that exist, deactivated ones too."""

    isLeaf = True  # noqa: N815 (Twisted's name)

    def __init__(self, api: ModuleApi, provisioner: str) -> None:
        super().__init__()
        self._api = api
        self._provisioner = provisioner

    async def _async_render_POST(self, request: SynapseRequest) -> tuple[int, dict[str, Any]]:  # noqa: N802
        requester = await self._api.get_user_by_req(request)
        if requester.user.to_string() != self._provisioner:
            raise SynapseError(403, "Only the provisioner may ask this.", FORBIDDEN)
        user_ids = parse_json_object_from_request(request).get("user_ids")
        if not isinstance(user_ids, list) or not all(isinstance(user_id, str) for user_id in user_ids):
            raise SynapseError(400, "user_ids must be a list of Matrix ids.", Codes.BAD_JSON)
        if len(user_ids) > _MOST_AT_ONCE:
            raise SynapseError(400, f"At most {_MOST_AT_ONCE} user_ids at once.", Codes.TOO_LARGE)
        if not user_ids:
            return 200, {"known": []}
        return 200, {"known": await self._api.run_db_interaction("schulchat_known_accounts", _find, user_ids)}


def _find(transaction: LoggingTransaction, user_ids: list[str]) -> list[str]:
    # The module API looks at one account at a time, each a transaction of its own. Table and column are as old as
    # Synapse.
    marks = ",".join("?" * len(user_ids))
    transaction.execute(f"SELECT name FROM users WHERE name IN ({marks})", user_ids)  # noqa: S608 (only marks)
    return [name for (name,) in transaction]
