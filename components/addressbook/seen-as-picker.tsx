// Picks the person whose view is shown; the rules stay those that are shown now.
"use client";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { seenAsPath, type ViewQuery } from "./paths.ts";
import { PersonPicker } from "./person-picker.tsx";

type SeenAsPickerProps = { readonly schoolId: string; readonly view: ViewQuery };

export function SeenAsPicker({ schoolId, view }: SeenAsPickerProps) {
  const t = useTranslations("client.addressbook");
  const router = useRouter();
  return (
    <PersonPicker
      schoolId={schoolId}
      label={t("asPerson")}
      initialName=""
      onPick={(id) => {
        router.push(seenAsPath(schoolId, id, view));
      }}
    />
  );
}
