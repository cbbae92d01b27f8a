// The shape of a page while its data is read, with words for those who cannot see it.
import { useTranslations } from "next-intl";

export function Loading() {
  const t = useTranslations("states");
  return (
    <div role="status" className="space-y-4">
      <p className="text-ink-soft">{t("loading")}</p>
      <div aria-hidden className="animate-pulse space-y-4">
        <div className="h-9 w-2/3 max-w-md rounded-md bg-line" />
        <div className="h-5 w-full max-w-xl rounded-md bg-line" />
        <div className="h-64 w-full rounded-lg bg-line" />
      </div>
    </div>
  );
}
