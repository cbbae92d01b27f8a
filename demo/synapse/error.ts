// Why there is no Synapse, in sentences that say what to do.

export type SynapseErrorCode =
  | "python-missing"
  | "python-too-old"
  | "venv-missing"
  | "package-index-unreachable"
  | "port-taken"
  | "start-failed"
  | "start-timeout"
  | "provisioner-token-lost"
  | "provisioner-failed";

/** `message` is meant for the person in front of the terminal. */
export class SynapseError extends Error {
  override readonly name = "SynapseError";
  readonly code: SynapseErrorCode;

  constructor(code: SynapseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
