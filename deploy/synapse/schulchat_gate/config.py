"""The module's section of homeserver.yaml, checked once at start; everything that is wrong is named in one message."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from synapse.module_api.errors import ConfigError

_KEYS = frozenset(
    {
        "gate_url",
        "secret",
        "secret_path",
        "provisioner_localpart",
        "notices_localpart",
        "request_timeout_ms",
        "school_marker_types",
        "enabled",
    }
)
_MIN_SECRET_LENGTH = 16


@dataclass(frozen=True)
class ModuleConfig:
    gate_url: str
    """Base address of the gate, without a slash at the end."""
    secret: str = field(repr=False)
    provisioner_localpart: str
    notices_localpart: str
    """Who sends the server's own notices; the same as system_mxid_localpart of server_notices."""
    request_timeout_s: float
    """Limit for a whole question: connecting, sending, headers and body."""
    school_marker_types: tuple[str, ...]
    enabled: bool


def parse_config(raw: dict[str, Any]) -> ModuleConfig:
    """Raises ConfigError with one sentence for each thing that is wrong."""
    problems = [f"{key} is not a known setting" for key in sorted(raw.keys() - _KEYS)]

    gate_url = raw.get("gate_url")
    if not isinstance(gate_url, str) or not _is_base_url(gate_url):
        problems.append("gate_url must be the address of the gate, such as http://gate.internal:8090")

    secret = _read_secret(raw, problems)

    localpart = raw.get("provisioner_localpart", "idm_provisioning_bot")
    if not isinstance(localpart, str) or not localpart or ":" in localpart or localpart.startswith("@"):
        problems.append("provisioner_localpart must be a localpart, such as idm_provisioning_bot")

    notices = raw.get("notices_localpart", "schulchat_hinweise")
    if not isinstance(notices, str) or not notices or ":" in notices or notices.startswith("@"):
        problems.append("notices_localpart must be a localpart, such as schulchat_hinweise")

    timeout_ms = raw.get("request_timeout_ms", 1000)
    if isinstance(timeout_ms, bool) or not isinstance(timeout_ms, int) or not 50 <= timeout_ms <= 10_000:
        problems.append("request_timeout_ms must be a whole number from 50 to 10000")
        timeout_ms = 1000

    marker_types = raw.get("school_marker_types", ["edu.matrix.klassenfunk.school_identifier"])
    if not isinstance(marker_types, list) or not all(isinstance(entry, str) and entry for entry in marker_types):
        problems.append("school_marker_types must be a list of event types")
        marker_types = []

    enabled = raw.get("enabled", True)
    if not isinstance(enabled, bool):
        problems.append("enabled must be true or false")

    if problems:
        raise ConfigError("schulchat_gate: " + "; ".join(problems) + ".")
    return ModuleConfig(
        gate_url=str(gate_url).rstrip("/"),
        secret=secret,
        provisioner_localpart=localpart,
        notices_localpart=notices,
        request_timeout_s=timeout_ms / 1000,
        school_marker_types=tuple(marker_types),
        enabled=enabled,
    )


def _is_base_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and parts.port != 0
    except ValueError:
        return False


def _read_secret(raw: dict[str, Any], problems: list[str]) -> str:
    if ("secret" in raw) == ("secret_path" in raw):
        problems.append("exactly one of secret and secret_path must be set")
        return ""
    secret = raw.get("secret")
    if "secret_path" in raw:
        try:
            secret = Path(str(raw["secret_path"])).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"secret_path cannot be read ({error})")
            return ""
    # A line break would end the header; anything but plain ASCII cannot stand in it.
    if not isinstance(secret, str) or not secret.isascii() or not secret.isprintable() or " " in secret:
        problems.append("secret must be plain text without spaces")
        return ""
    if len(secret) < _MIN_SECRET_LENGTH:
        problems.append(f"secret must have at least {_MIN_SECRET_LENGTH} characters")
    return secret
