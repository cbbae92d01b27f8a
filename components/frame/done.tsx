// What came of something that was sent, with the focus on it.
"use client";
import { useEffect, useRef, type ReactNode } from "react";

export function Done({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <div className="space-y-6 py-4">
      <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold tracking-tight outline-none sm:text-3xl">
        {title}
      </h1>
      {children}
    </div>
  );
}
