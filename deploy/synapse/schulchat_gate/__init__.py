"""The Synapse module of the school chat. In homeserver.yaml: `module: schulchat_gate.SchulchatGate`."""

from schulchat_gate.module import SchulchatGate

__all__ = ["SchulchatGate"]
