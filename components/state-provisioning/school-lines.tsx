// The schools of the state in a line each: what needs somebody, and whether the messenger is on.
import { CircleAlert, CircleCheck, CirclePause, FileWarning, PowerOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { schoolPath } from "#components/shell/paths.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { SchoolLine } from "#lib/provisioning/state-queries.ts";

export function SchoolLines({ schools }: { readonly schools: readonly SchoolLine[] }) {
  return (
    <ul className="divide-y divide-line border-y border-line">
      {schools.map((school) => (
        <SchoolItem key={school.id} school={school} />
      ))}
    </ul>
  );
}

function SchoolItem({ school }: { readonly school: SchoolLine }) {
  const t = useTranslations("stateProvisioning.school");
  const { id, name, held, failedPeople, failedRooms, records, firstSyncedAt } = school;
  const failed = failedPeople + failedRooms;
  const isOn = school.serviceOn && school.stateOn && school.schoolOn;
  const isFine = held + failed + records === 0;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <IntentLink href={schoolPath(id, "provisioning")} className="text-link hit-area inline-block font-semibold">
          {name}
        </IntentLink>
        <p className="text-ink-soft tabular-nums">
          {id} ·{" "}
          {firstSyncedAt === null ? (
            t("neverSynced")
          ) : (
            <>
              {t("since")} <Moment at={firstSyncedAt} />
            </>
          )}
        </p>
        {isOn ? null : (
          <p className="text-ink-soft">
            {t(school.serviceOn ? (school.stateOn ? "offBySchool" : "offByState") : "offByService")}
          </p>
        )}
      </div>
      <div className="flex flex-wrap gap-2">
        {held > 0 ? (
          <Tag tone="waiting" icon={CirclePause}>
            {t("held", { count: held })}
          </Tag>
        ) : null}
        {failed > 0 ? (
          <Tag tone="danger" icon={CircleAlert}>
            {t("failed", { count: failed })}
          </Tag>
        ) : null}
        {records > 0 ? (
          <Tag tone="sensitive" icon={FileWarning}>
            {t("records", { count: records })}
          </Tag>
        ) : null}
        {isOn ? (
          isFine ? (
            <Tag tone="added" icon={CircleCheck}>
              {t("fine")}
            </Tag>
          ) : null
        ) : (
          <Tag tone="neutral" icon={PowerOff}>
            {t("off")}
          </Tag>
        )}
      </div>
    </li>
  );
}
