// What a chat client is refused with: a Matrix error code and a German text, and nothing about anybody else.

export class ClientRefusal extends Error {
  override readonly name = "ClientRefusal";
  readonly status: number;
  readonly errcode: string;

  constructor(status: number, errcode: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.errcode = errcode;
  }
}

/** The published client keeps what it shows when it gets a 5xx (a 4xx would empty its address book). */
export const TRY_LATER = (cause?: unknown): ClientRefusal =>
  new ClientRefusal(
    503,
    "M_UNKNOWN",
    "Das Adressbuch ist gerade nicht erreichbar. Bitte versuchen Sie es in einer Minute noch einmal.",
    { cause },
  );

/** The same for what is not there and for what the caller may not see. */
export const NOT_FOUND = (): ClientRefusal => new ClientRefusal(404, "M_NOT_FOUND", "Das gibt es hier nicht.");

export const UNKNOWN_ADDRESS = (): ClientRefusal => new ClientRefusal(404, "M_UNRECOGNIZED", "Unbekannte Adresse.");

export const UNKNOWN_METHOD = (): ClientRefusal =>
  new ClientRefusal(405, "M_UNRECOGNIZED", "Diese Art der Anfrage gibt es hier nicht.");

export const NOT_UNDERSTOOD = (): ClientRefusal => new ClientRefusal(400, "M_BAD_JSON", "Anfrage nicht verstanden.");

export const INVALID = (): ClientRefusal =>
  new ClientRefusal(400, "M_INVALID_PARAM", "Eine Angabe der Anfrage ist nicht gültig.");
