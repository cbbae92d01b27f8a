/** The records that the demo's directory serves: OneRoster 1.1 in the form that the state's portal uses, plus `metadata.roles`. */

/** The eight roles of a school, as they stand in `metadata.roles`. */
export type DemoRole =
  | "teacher"
  | "student"
  | "guardian"
  | "schoolManagement"
  | "secretariat"
  | "socialWork"
  | "parentsCouncil"
  | "orgAdmin";

export type RecordStatus = "active" | "tobedeleted";

/** A reference as the portal writes it: `href` is the bare id, and there is no `sourcedId`. */
export type Reference = {
  readonly href: string;
  readonly type: "org" | "user" | "class";
};

export type DemoRecord = {
  readonly sourcedId: string;
  status: RecordStatus;
  /** UTC with six fractional digits, e.g. `2026-08-31T18:48:27.000000Z`. */
  dateLastModified: string;
};

export type DemoOrg = {
  readonly identifier: string;
  name: string;
  readonly type: "school";
  metadata: { enabledServices: string[] };
} & DemoRecord;

export type DemoRoleAt = {
  readonly org: string;
  readonly role: DemoRole;
};

export type DemoUser = {
  readonly username: string;
  readonly email: string;
  enabled: boolean;
  givenName: string;
  familyName: string;
  /** The plain OneRoster role. People who hold only roles that OneRoster does not know are `administrator` or `aide`. */
  role: "teacher" | "student" | "guardian" | "administrator" | "aide";
  orgs: Reference[];
  /** Where present, the complete list of the person's roles; where absent, `role` holds at every org of `orgs`. */
  metadata?: { roles: DemoRoleAt[] };
} & DemoRecord;

export type DemoClass = {
  title: string;
  readonly classType: "homeroom" | "scheduled";
  readonly school: Reference;
} & DemoRecord;

export type DemoEnrollment = {
  readonly role: "teacher" | "student";
  readonly user: Reference;
  readonly class: Reference;
  readonly school: Reference;
} & DemoRecord;

export type DemoDirectory = {
  readonly orgs: DemoOrg[];
  readonly users: DemoUser[];
  readonly classes: DemoClass[];
  readonly enrollments: DemoEnrollment[];
};
