// Verifies the whole chain on demand, stretch by stretch, and says how far it is.
"use client";
import { ShieldCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";

const TIMEOUT_MS = 30_000;

type Stretch = {
  readonly verified: number;
  readonly total: number;
  readonly head: string;
  readonly fault: { readonly seq: number; readonly fault: string } | null;
  readonly isComplete: boolean;
};
type State = { readonly step: "idle" | "running" | "failed" | "done"; readonly stretch: Stretch | null };

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function isStretch(value: unknown): value is Stretch {
  if (!isRecord(value)) return false;
  const { verified, total, head, fault, isComplete } = value;
  return (
    typeof verified === "number" &&
    typeof total === "number" &&
    typeof head === "string" &&
    typeof isComplete === "boolean" &&
    (fault === null || (isRecord(fault) && typeof fault["seq"] === "number" && typeof fault["fault"] === "string"))
  );
}

async function verifyAfter(scope: string, after: number): Promise<Stretch> {
  const query = new URLSearchParams({ scope, after: String(after) });
  const response = await fetch(`/api/audit/verify?${query.toString()}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const answer: unknown = response.ok ? await response.json() : undefined;
  if (!isStretch(answer)) throw new Error("the verification did not answer");
  return answer;
}

export function VerifyChain({ scope }: { readonly scope: string }) {
  const t = useTranslations("client.verify");
  const [{ step, stretch }, setState] = useState<State>({ step: "idle", stretch: null });
  const run = async () => {
    setState({ step: "running", stretch: null });
    try {
      for (let next = await verifyAfter(scope, 0); ; next = await verifyAfter(scope, next.verified)) {
        setState({ step: next.isComplete ? "done" : "running", stretch: next });
        if (next.isComplete) return;
      }
    } catch {
      setState((state) => ({ ...state, step: "failed" }));
    }
  };
  return (
    <div className="space-y-3">
      <Button
        isPending={step === "running"}
        onPress={() => {
          void run();
        }}
      >
        <ShieldCheck aria-hidden className="size-5" />
        {step !== "running"
          ? t("button")
          : stretch === null
            ? t("starting")
            : t("running", { verified: stretch.verified, total: stretch.total })}
      </Button>
      {step === "failed" ? (
        <Notice tone="warning" live>
          <p>{t("failed")}</p>
        </Notice>
      ) : null}
      {step === "done" && stretch ? <Result stretch={stretch} /> : null}
    </div>
  );
}

function Result({ stretch: { fault, total, head } }: { readonly stretch: Stretch }) {
  const t = useTranslations("client.verify");
  return fault === null ? (
    <Notice tone="success" live>
      <p className="break-all">{t("good", { total, head })}</p>
    </Notice>
  ) : (
    <Notice tone="danger" live>
      <p>{t("bad", fault)}</p>
    </Notice>
  );
}
