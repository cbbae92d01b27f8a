// Our mark and name.
import { useTranslations } from "next-intl";

export function Brand() {
  const t = useTranslations("app");
  return (
    <span className="inline-flex items-center gap-3">
      <svg viewBox="0 0 32 32" aria-hidden className="size-8 flex-none">
        <rect width="32" height="32" rx="8" className="fill-accent" />
        <g fill="none" strokeWidth="2" strokeLinejoin="round" strokeLinecap="round" className="stroke-on-accent">
          <path d="M8 9.500A2.500 2.500 0 0 1 10.500 7h11A2.500 2.500 0 0 1 24 9.500v8a2.500 2.500 0 0 1-2.500 2.500H15l-5 4.500V20h.500A2.500 2.500 0 0 1 8 17.500z" />
          <path d="m12.500 13.500 2.500 2.500 4.500-4.500" />
        </g>
      </svg>
      <span className="leading-tight font-semibold">
        {t("name")}
        <span className="block text-sm font-normal text-ink-soft">{t("part")}</span>
      </span>
    </span>
  );
}
