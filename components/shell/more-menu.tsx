// The places that do not fit into the bar of a phone, in a native popover above it.
"use client";
import { Ellipsis } from "lucide-react";
import { usePathname } from "next/navigation";
import { useEffect, useRef, type ReactNode } from "react";
import { isAt } from "./paths.ts";

const MENU_ID = "more-places";

type MoreMenuProps = {
  readonly label: string;
  readonly title: string;
  /** Of the places in it: the button tells when the reader stands in one of them. */
  readonly hrefs: readonly string[];
  readonly className: string;
  readonly children: ReactNode;
};

export function MoreMenu({ label, title, hrefs, className, children }: MoreMenuProps) {
  const pathname = usePathname();
  const menu = useRef<HTMLDivElement>(null);
  // a popover stays open over a soft navigation
  useEffect(() => {
    menu.current?.hidePopover();
  }, [pathname]);
  return (
    <>
      <button
        type="button"
        popoverTarget={MENU_ID}
        aria-current={hrefs.some((href) => isAt(pathname, href)) ? "true" : undefined}
        className={className}
      >
        <Ellipsis aria-hidden className="size-5" />
        {label}
      </button>
      <div
        ref={menu}
        id={MENU_ID}
        popover="auto"
        role="group"
        aria-label={title}
        className="menu menu-bottom space-y-2 p-2"
      >
        {children}
      </div>
    </>
  );
}
