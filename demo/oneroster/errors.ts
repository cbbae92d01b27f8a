/** OneRoster's way to say what went wrong (1.1, section 3.1.3): an HTTP status and an `imsx` body. */

export type CodeMinor =
  | "invalid_filter_field"
  | "invalid_selection_field"
  | "invalid_sort_field"
  | "invaliddata"
  | "unauthorisedrequest"
  | "forbidden"
  | "unknownobject"
  | "unsupported"
  | "server_busy";

export class OneRosterError extends Error {
  readonly status: number;
  readonly codeMinor: CodeMinor;

  constructor(status: number, codeMinor: CodeMinor, description: string) {
    super(description);
    this.name = "OneRosterError";
    this.status = status;
    this.codeMinor = codeMinor;
  }

  get body(): object {
    return {
      imsx_codeMajor: "failure",
      imsx_severity: "error",
      imsx_description: this.message,
      imsx_CodeMinor: {
        imsx_codeMinorField: [{ imsx_codeMinorFieldName: "TargetEndSystem", imsx_codeMinorFieldValue: this.codeMinor }],
      },
    };
  }
}
