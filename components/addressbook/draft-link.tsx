// From a change that is not in effect to the address book as it would be: through the eyes of the first role that it is about.
import { BookUser } from "lucide-react";
import { useTranslations } from "next-intl";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { parseCellKey, type CellKey } from "#lib/policy/roles.ts";
import { draftPath } from "./paths.ts";

type Edit = { readonly key: CellKey; readonly allowed: boolean };
type DraftLinkProps = {
  readonly schoolId: string;
  readonly draft: "request" | "edits";
  readonly edits: readonly Edit[];
};

export function DraftLink({ schoolId, draft, edits }: DraftLinkProps) {
  const t = useTranslations("addressbook.view");
  const first = parseCellKey(edits[0]?.key ?? "");
  if (!first) return null;
  const keys = (allowed: boolean) => edits.filter((edit) => edit.allowed === allowed).map(({ key }) => key);
  const wanted = draft === "request" ? draft : { on: keys(true), off: keys(false) };
  return (
    <ButtonLink href={draftPath(schoolId, first.from, wanted)}>
      <BookUser aria-hidden className="size-5" />
      {t("fromRequest")}
    </ButtonLink>
  );
}
