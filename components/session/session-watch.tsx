// Asks before a session ends because nobody did anything, and leaves the page when it has ended. The server decides: it
// is asked again whenever the time seems to be up, because another tab or a saved form may have moved the end.
"use client";
import { LogOut } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { buttonClass } from "#components/ui/classes.ts";
import { afterSessionPath, askSessionTime, minutesLeft, signOutPath, type TimeAnswer } from "./session-time.ts";

const CHANNEL = "session";
const RETRY_MS = 15_000;
const TICK_MS = 1_000;
/** Another tab, which somebody looks at, signs out first; this one follows its word. */
const HIDDEN_TAB_DELAY_MS = 5_000;

type Word = "extended" | "ended";
type Warning = { readonly endsAtMs: number; readonly extendable: boolean };

const here = () => window.location.pathname + window.location.search;

/** A form, because a redirect to the identity provider cannot be followed by a fetch. */
function leave(): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = signOutPath("idle", here());
  document.body.append(form);
  form.submit();
}

export function SessionWatch({ warningMs }: { readonly warningMs: number }) {
  const [warning, setWarning] = useState<Warning | null>(null);
  const [now, setNow] = useState(0);
  const extend = useRef<() => Promise<boolean>>(() => Promise.resolve(false));

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    let isWarning = false;
    const channel = new BroadcastChannel(CHANNEL);
    const later = (work: () => void, delayMs: number) => {
      clearTimeout(timer);
      timer = setTimeout(work, Math.max(0, delayMs));
    };
    const tell = (word: Word) => {
      channel.postMessage(word);
    };
    const goTo = (reason: "idle" | "ended") => {
      isOver = true;
      window.location.assign(afterSessionPath(reason, here()));
    };
    const check = async () => {
      take(await askSessionTime("GET"));
    };
    const checkSoon = () => {
      void check();
    };
    const end = () => {
      if (isOver) return;
      isOver = true;
      tell("ended");
      leave();
    };
    const take = (answer: TimeAnswer) => {
      if (isOver) return;
      if (answer === "unknown") {
        later(checkSoon, RETRY_MS);
        return;
      }
      if (answer === "ended") {
        // while the question stood open, time ran out; otherwise somebody signed out or the access was ended
        if (isWarning) end();
        else goTo("ended");
        return;
      }
      const { remainingMs, extendable } = answer;
      const untilWarningMs = remainingMs - warningMs;
      isWarning = untilWarningMs <= 0;
      if (!isWarning) {
        setWarning(null);
        later(checkSoon, untilWarningMs);
        return;
      }
      setNow(Date.now());
      setWarning({ endsAtMs: Date.now() + remainingMs, extendable });
      later(checkSoon, remainingMs + (document.visibilityState === "hidden" ? HIDDEN_TAB_DELAY_MS : 0));
    };
    extend.current = async () => {
      const answer = await askSessionTime("POST");
      if (answer === "unknown") return false;
      take(answer);
      tell("extended");
      return true;
    };
    const onWord = ({ data }: MessageEvent<unknown>) => {
      if (data === "extended") checkSoon();
      else if (data === "ended" && !isOver) goTo("idle");
    };
    // timers stand still while a computer sleeps
    const onVisible = () => {
      if (document.visibilityState === "visible") checkSoon();
    };
    channel.addEventListener("message", onWord);
    document.addEventListener("visibilitychange", onVisible);
    checkSoon();
    return () => {
      isOver = true;
      clearTimeout(timer);
      channel.close();
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [warningMs]);

  useEffect(() => {
    if (warning === null) return;
    const ticking = setInterval(() => {
      setNow(Date.now());
    }, TICK_MS);
    return () => {
      clearInterval(ticking);
    };
  }, [warning]);

  if (warning === null) return null;
  return (
    <WarningDialog
      minutes={minutesLeft(warning.endsAtMs - now)}
      extendable={warning.extendable}
      onExtend={() => extend.current()}
    />
  );
}

type WarningDialogProps = {
  readonly minutes: number;
  readonly extendable: boolean;
  /** Answers whether the server took it. */
  readonly onExtend: () => Promise<boolean>;
};

function WarningDialog({ minutes, extendable, onExtend }: WarningDialogProps) {
  const t = useTranslations("client.session");
  const dialog = useRef<HTMLDialogElement>(null);
  const [step, setStep] = useState<"asking" | "extending" | "failed">("asking");
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const stay = async () => {
    setStep("extending");
    setStep((await onExtend()) ? "asking" : "failed");
  };
  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      aria-labelledby="session-title"
      aria-describedby="session-text"
      className="m-auto w-[min(30rem,calc(100vw-2rem))] rounded-lg border border-line bg-surface p-6 text-ink shadow-raised backdrop:bg-ink/50"
      onCancel={(event) => {
        // closing the question is an answer: somebody is there
        event.preventDefault();
        if (extendable) void stay();
        else dialog.current?.close();
      }}
    >
      <h2 id="session-title" className="text-xl font-semibold tracking-tight">
        {t("title")}
      </h2>
      <p id="session-text" className="mt-2" aria-live="polite">
        {t("text", { minutes })} {extendable ? null : t("limit")}
      </p>
      {step === "failed" ? (
        <p role="alert" className="mt-2 font-semibold text-danger">
          {t("failed")}
        </p>
      ) : null}
      <div className="mt-6 flex flex-wrap gap-3">
        {extendable ? (
          <Button
            kind="primary"
            isPending={step === "extending"}
            onPress={() => {
              void stay();
            }}
          >
            {step === "extending" ? t("staying") : t("stay")}
          </Button>
        ) : (
          <Button kind="primary" onPress={() => dialog.current?.close()}>
            {t("close")}
          </Button>
        )}
        <form action={signOutPath("chosen", "")} method="post">
          <button type="submit" className={buttonClass("quiet")}>
            <LogOut aria-hidden className="size-5" />
            {t("leave")}
          </button>
        </form>
      </div>
    </dialog>
  );
}
