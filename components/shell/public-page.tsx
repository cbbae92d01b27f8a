// A calm page for people outside the console: signing in, no access, accessibility.
import type { ReactNode } from "react";
import { Brand } from "./brand.tsx";
import { Footer } from "./footer.tsx";
import { LanguageSwitch } from "./language-switch.tsx";

export function PublicPage({ children, wide = false }: { readonly children: ReactNode; readonly wide?: boolean }) {
  return (
    <div className={`mx-auto flex min-h-dvh w-full flex-col px-5 pt-5 ${wide ? "max-w-3xl" : "max-w-xl"}`}>
      <header className="flex flex-wrap items-center justify-between gap-4">
        <Brand />
        <LanguageSwitch />
      </header>
      <main className={`flex flex-1 flex-col ${wide ? "pt-12" : "justify-center pt-12"}`}>{children}</main>
      <Footer />
    </div>
  );
}
