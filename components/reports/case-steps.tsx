// What can be done with a case now: who has it, what it is, where it goes, how it ends.
"use client";
import { Hand } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { useStep } from "#components/ui/use-step.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import {
  assignCase,
  correctCase,
  escalateCase,
  mergeCase,
  reopenCase,
  resolveCase,
  resumeCase,
  waitCase,
  type AssignTo,
} from "#lib/reports/actions.ts";
import type { CaseOutcome, CaseSeverity, ReportCategory } from "#lib/reports/case-life.ts";
import { TEAM_LENGTH } from "#lib/reports/limits.ts";
import type { ShownCasePage } from "./case-state.ts";
import { OutcomeField } from "./outcome-field.tsx";
import { SelectField } from "./select-field.tsx";
import { StepForm } from "./step-form.tsx";

type Choice = { readonly id: string; readonly name: string };
export type StepChoices = {
  readonly people: readonly Choice[];
  readonly teams: readonly string[];
};

type CaseStepsProps = {
  readonly caseId: string;
  readonly page: ShownCasePage;
  readonly choices: StepChoices;
  readonly onChanged: () => void;
  /** The case went on in another one. */
  readonly onGone: (caseId: string) => void;
};

export function CaseSteps(props: CaseStepsProps) {
  const { caseId, page, onChanged } = props;
  const t = useTranslations("client.reports.steps");
  const may = new Set(page.may);
  const shown = { caseId, version: page.version };
  return (
    <section aria-labelledby="steps" className="space-y-3 xl:sticky xl:top-20">
      <h2 id="steps" className="text-xl font-semibold tracking-tight">
        {t("title")}
      </h2>
      {may.has("assign") ? <Assign {...props} /> : null}
      {may.has("work") ? <Correct key={`${page.category} ${page.severity} ${page.schoolId ?? ""}`} {...props} /> : null}
      {may.has("wait") ? <Wait {...props} /> : null}
      {may.has("resume") ? (
        <StepForm
          id="resume"
          title={t("resume")}
          hint={t("resumeHint")}
          label={null}
          button={t("resume")}
          onSend={() => resumeCase(shown)}
          onDone={onChanged}
        />
      ) : null}
      {may.has("escalate") ? (
        <StepForm
          id="escalate"
          title={t("escalate")}
          hint={t(page.schoolId === null ? "escalateNoSchool" : "escalateHint")}
          label={page.schoolId === null ? null : t("message")}
          button={t("escalateSend")}
          onSend={(message) => escalateCase({ ...shown, message })}
          onDone={onChanged}
        />
      ) : null}
      {may.has("work") ? <Merge {...props} /> : null}
      {may.has("resolve") ? <Resolve {...props} /> : null}
      {may.has("reopen") ? (
        <StepForm
          id="reopen"
          title={t("reopen")}
          hint={t("reopenHint")}
          label={t("reason")}
          button={t("reopen")}
          onSend={(text) => reopenCase({ ...shown, text })}
          onDone={onChanged}
        />
      ) : null}
    </section>
  );
}

function Assign({ caseId, page, choices, onChanged }: CaseStepsProps) {
  const t = useTranslations("client.reports.steps");
  const errors = useTranslations("client.reports");
  const [person, setPerson] = useState("");
  const [team, setTeam] = useState("");
  const teams = useId();
  const take = useStep(onChanged);
  const to: AssignTo =
    team.trim() !== ""
      ? { kind: "team", team: team.trim() }
      : person === ""
        ? { kind: "nobody" }
        : { kind: "person", personId: person };
  const shown = { caseId, version: page.version };
  return (
    <>
      {page.may.includes("takeForOneself") && !page.isMine ? (
        <Button
          kind="primary"
          className="w-full"
          isPending={take.isPending}
          onPress={() => take.run(() => assignCase({ ...shown, to: { kind: "me" } }))}
        >
          <Hand aria-hidden className="size-5" />
          {t("take")}
        </Button>
      ) : null}
      {take.error === null ? null : <ErrorNotice title={errors("errorTitle")} error={take.error} />}
      <StepForm
        id="assign"
        title={t("assign")}
        hint={t("assignHint")}
        label={null}
        button={t("assignSend")}
        onSend={() => assignCase({ ...shown, to })}
        onDone={onChanged}
      >
        <SelectField
          label={t("person")}
          value={person}
          options={[
            { value: "", label: t("nobody") },
            ...choices.people.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={setPerson}
        />
        <label className="block space-y-1">
          <span className="block font-semibold">{t("team")}</span>
          <input
            value={team}
            list={teams}
            maxLength={TEAM_LENGTH}
            autoComplete="off"
            className="block min-h-11 w-full rounded-md border border-control bg-surface px-3"
            onChange={(event) => {
              setTeam(event.target.value);
            }}
          />
        </label>
        <datalist id={teams}>
          {choices.teams.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </StepForm>
    </>
  );
}

const CATEGORIES: readonly ReportCategory[] = ["bullying", "sexual", "violence", "extremism", "spam", "other"];
const SEVERITIES: readonly CaseSeverity[] = ["critical", "high", "medium", "low"];

function Correct({ caseId, page, onChanged }: CaseStepsProps) {
  const t = useTranslations("client.reports.steps");
  const words = useTranslations("client.reports");
  const [category, setCategory] = useState(page.category);
  const [severity, setSeverity] = useState(page.severity);
  const [school, setSchool] = useState(page.schoolId ?? "");
  return (
    <StepForm
      id="correct"
      title={t("correct")}
      hint={t("correctHint")}
      label={null}
      button={t("correctSend")}
      onSend={() =>
        correctCase({ caseId, version: page.version, category, severity, ...(school !== "" && { schoolId: school }) })
      }
      onDone={onChanged}
    >
      <SelectField
        label={t("category")}
        value={category}
        options={CATEGORIES.map((value) => ({ value, label: words(`categories.${value}`) }))}
        onChange={setCategory}
      />
      <SelectField
        label={t("severity")}
        value={severity}
        options={SEVERITIES.map((value) => ({ value, label: words(`severities.${value}`) }))}
        onChange={setSeverity}
      />
      <SelectField
        label={t("school")}
        value={school}
        options={[
          ...(page.schoolId === null ? [{ value: "", label: t("noSchool") }] : []),
          ...page.schools.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={setSchool}
      />
    </StepForm>
  );
}

function Wait({ caseId, page, onChanged }: CaseStepsProps) {
  const t = useTranslations("client.reports.steps");
  const [until, setUntil] = useState("");
  return (
    <StepForm
      id="wait"
      title={t("wait")}
      hint={t("waitHint")}
      label={t("waitFor")}
      least={1}
      button={t("waitSend")}
      onSend={(text) => waitCase({ caseId, version: page.version, until, text })}
      onDone={onChanged}
    >
      <label className="block space-y-1">
        <span className="block font-semibold">{t("until")}</span>
        <input
          type="date"
          value={until}
          required
          className="block min-h-11 w-full rounded-md border border-control bg-surface px-3"
          onChange={(event) => {
            setUntil(event.target.value);
          }}
        />
      </label>
    </StepForm>
  );
}

function Merge({ caseId, page, onChanged, onGone }: CaseStepsProps) {
  const t = useTranslations("client.reports.steps");
  const [number, setNumber] = useState("");
  return (
    <StepForm
      id="merge"
      title={t("merge")}
      hint={t("mergeHint")}
      label={null}
      button={t("mergeSend")}
      onSend={async () => {
        const answer = await mergeCase({ caseId, version: page.version, intoNumber: Number(number.replace("#", "")) });
        if (answer.ok) onGone(answer.value.caseId);
        return answer;
      }}
      onDone={onChanged}
    >
      <label className="block space-y-1">
        <span className="block font-semibold">{t("number")}</span>
        <input
          value={number}
          inputMode="numeric"
          autoComplete="off"
          maxLength={12}
          className="block min-h-11 w-full rounded-md border border-control bg-surface px-3"
          onChange={(event) => {
            setNumber(event.target.value);
          }}
        />
      </label>
    </StepForm>
  );
}

function Resolve({ caseId, page, onChanged }: CaseStepsProps) {
  const t = useTranslations("client.reports.steps");
  const [outcome, setOutcome] = useState<CaseOutcome>("noViolation");
  return (
    <StepForm
      id="resolve"
      title={t("resolve")}
      hint={t("resolveHint")}
      label={t("reason")}
      button={t("resolve")}
      onSend={(text) => resolveCase({ caseId, version: page.version, outcome, text })}
      onDone={onChanged}
    >
      <OutcomeField value={outcome} onChange={setOutcome} />
    </StepForm>
  );
}
