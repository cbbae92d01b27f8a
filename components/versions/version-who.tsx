// Who made a version: somebody, somebody with somebody's consent, the state, or the calendar.
import { useTranslations } from "next-intl";
import type { VersionHead } from "#lib/policy/types.ts";

export function VersionWho({ version }: { readonly version: VersionHead }) {
  const t = useTranslations("versions.who");
  const { kind, authorName, approverName } = version;
  if (kind === "expiry") return t("calendar");
  if (kind === "initial" || kind === "frame") return t("state");
  const author = authorName ?? t("unknown");
  return approverName === null ? t("author", { author }) : t("approved", { author, approver: approverName });
}
