// The two people of "Warum?". Who is picked stands in the address, so that the answer can be passed on.
"use client";
import { ArrowLeftRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { buttonClass } from "#components/ui/classes.ts";
import { whyPath } from "./paths.ts";
import { PersonPicker } from "./person-picker.tsx";

export type Picked = { readonly id: string; readonly name: string } | null;
type WhyFormProps = { readonly schoolId: string; readonly from: Picked; readonly to: Picked };

export function WhyForm({ schoolId, from, to }: WhyFormProps) {
  const t = useTranslations("client.addressbook");
  const router = useRouter();
  const go = (fromId: string | null, toId: string | null) => {
    router.replace(whyPath(schoolId, fromId, toId), { scroll: false });
  };
  return (
    <div className="grid items-start gap-x-4 gap-y-2 sm:grid-cols-[1fr_auto_1fr]">
      <PersonPicker
        key={`from ${from?.id ?? ""}`}
        schoolId={schoolId}
        label={t("firstPerson")}
        initialName={from?.name ?? ""}
        onPick={(id) => {
          go(id, to?.id ?? null);
        }}
      />
      <button
        type="button"
        aria-label={t("swap")}
        title={t("swap")}
        disabled={from === null || to === null}
        className={buttonClass("quiet", "sm:mt-7")}
        onClick={() => {
          go(to?.id ?? null, from?.id ?? null);
        }}
      >
        <ArrowLeftRight aria-hidden className="size-5 max-sm:rotate-90" />
      </button>
      <PersonPicker
        key={`to ${to?.id ?? ""}`}
        schoolId={schoolId}
        label={t("secondPerson")}
        initialName={to?.name ?? ""}
        onPick={(id) => {
          go(from?.id ?? null, id);
        }}
      />
    </div>
  );
}
