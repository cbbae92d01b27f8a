// "Nobody can approve" is a state of its own: what stands in the way, and whom to turn to.
import { useTranslations } from "next-intl";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { ApprovalObstacle, Approvability } from "#lib/policy/approvers.ts";

/** What the directory has to say before anybody can approve; none where waiting or asking anew is enough. */
const HELP: Record<ApprovalObstacle, "helpManagement" | "helpSecond" | null> = {
  noManagement: "helpManagement",
  onePerson: "helpSecond",
  onlyAuthors: "helpSecond",
  rolesTooNew: null,
  authorLostRole: null,
};

export function ApprovabilityNotice({ approvability }: { readonly approvability: Approvability | null }) {
  const t = useTranslations("request");
  if (approvability === null) return null;
  if (approvability.possible) {
    if (approvability.from === null) return null;
    return (
      <Notice tone="waiting">
        <p>
          {t("later")} <Moment at={approvability.from} />
        </p>
      </Notice>
    );
  }
  const { obstacle } = approvability;
  const help = HELP[obstacle];
  return (
    <Notice tone="warning" title={t("nobody.title")}>
      <p>{t(`nobody.${obstacle}`)}</p>
      {help === null ? null : (
        <>
          <p>{t(`nobody.${help}`)}</p>
          <p>{t("nobody.helpThen")}</p>
        </>
      )}
    </Notice>
  );
}
