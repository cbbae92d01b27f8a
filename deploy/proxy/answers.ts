// What the proxy answers itself: each refusal with its status, Matrix error code and German text,
// and the headers that let a web client of another origin read them.

export type Refusal = {
  readonly status: number;
  readonly errcode: string;
  readonly error: string;
};

/** Refusals that a line of the route table names. */
export const refusals = {
  ambiguousAddress: {
    status: 400,
    errcode: "M_INVALID_PARAM",
    error: "Diese Adresse ist nicht eindeutig geschrieben und wird deshalb nicht weitergeleitet.",
  },
  unknownMethod: {
    status: 405,
    errcode: "M_UNRECOGNIZED",
    error: "Diese Art der Anfrage gibt es hier nicht.",
  },
  unknownAddress: {
    status: 404,
    errcode: "M_UNRECOGNIZED",
    error: "Diese Adresse gibt es hier nicht.",
  },
  noRegistration: {
    status: 403,
    errcode: "M_FORBIDDEN",
    error: "Konten legt die Schule an. Eine Registrierung ist nicht möglich.",
  },
  managedAccount: {
    status: 403,
    errcode: "M_FORBIDDEN",
    error: "Dieses Konto verwaltet die Schule. Für Änderungen wenden Sie sich bitte an die Schule.",
  },
  messageKind: {
    status: 403,
    errcode: "M_FORBIDDEN",
    error: "Diese Art von Nachricht ist im Schulchat nicht vorgesehen.",
  },
  noPresence: {
    status: 403,
    errcode: "M_FORBIDDEN",
    error: "Der Anwesenheitsstatus ist im Schulchat abgeschaltet.",
  },
  roomSetting: {
    status: 403,
    errcode: "DE.SCHULCHAT.ROOM_SETTING_REFUSED",
    error: "Diese Raumeinstellung ist im Schulchat nicht vorgesehen.",
  },
} as const satisfies Record<string, Refusal>;

export type RefusalName = keyof typeof refusals;

/** Failures of a request that the table lets through. */
export const failures = {
  tooLarge: {
    status: 413,
    errcode: "M_TOO_LARGE",
    error: "Das ist zu groß für den Schulchat. Bitte senden Sie eine kleinere Datei.",
  },
  unreachable: {
    status: 502,
    errcode: "M_UNKNOWN",
    error: "Der Schulchat ist gerade nicht erreichbar. Bitte versuchen Sie es in einer Minute noch einmal.",
  },
  tooSlow: {
    status: 504,
    errcode: "M_UNKNOWN",
    error: "Der Schulchat antwortet gerade nicht. Bitte versuchen Sie es in einer Minute noch einmal.",
  },
} as const satisfies Record<string, Refusal>;

/** The body of a refusal; the request id of a failure is found again in the proxy's log. */
export function refusalBody({ errcode, error }: Refusal, requestId?: string): string {
  return JSON.stringify({ errcode, error, ...(requestId === undefined ? {} : { request_id: requestId }) });
}

/** The same headers that Synapse sends, so that a browser sees no difference between the two. */
export const corsHeaders: Readonly<Record<string, string>> = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE, OPTIONS",
  "Access-Control-Allow-Headers": "X-Requested-With, Content-Type, Authorization, Date",
};

export type WellKnownOptions = {
  /** The address that people and clients use, e.g. https://chat.example.org */
  readonly publicBaseUrl: string;
  /** Questions of the published client's key backup; it preselects `q1`, so that one must exist. */
  readonly securityQuestions?: Readonly<Record<string, string>>;
};

/** `/.well-known/matrix/client`; the published client hangs unless both maps of questions are there. */
export function wellKnownBody({ publicBaseUrl, securityQuestions }: WellKnownOptions): string {
  return JSON.stringify({
    "m.homeserver": { base_url: publicBaseUrl.replace(/\/+$/, "") },
    "de.rlp.backup": {
      questions_enabled: securityQuestions ?? { q1: "Wie hieß dein erstes Haustier?" },
      questions_disabled: {},
    },
  });
}
