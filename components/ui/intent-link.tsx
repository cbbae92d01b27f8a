// The one link inside the console: it fetches the next page when somebody reaches for it, not when it comes into view,
// so that a page loads its own script and nothing else.
"use client";
import Link, { type LinkProps } from "next/link";
import { useState, type AnchorHTMLAttributes } from "react";

type IntentLinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof LinkProps> & LinkProps;

export function IntentLink(props: IntentLinkProps) {
  const [reachedFor, setReachedFor] = useState(false);
  const reach = () => {
    setReachedFor(true);
  };
  return (
    <Link {...props} prefetch={reachedFor ? null : false} onMouseEnter={reach} onFocus={reach} onTouchStart={reach} />
  );
}
