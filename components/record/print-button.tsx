// Opens the browser's print dialogue.
"use client";
import { Printer } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";

export function PrintButton() {
  const t = useTranslations("client.record");
  return (
    <Button
      kind="primary"
      onPress={() => {
        window.print();
      }}
    >
      <Printer aria-hidden className="size-5" />
      {t("print")}
    </Button>
  );
}
