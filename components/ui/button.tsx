// The one button. While pending it keeps its focus and its width, says what it is doing, and ignores further presses.
"use client";
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components/Button";
import { buttonClass, type ButtonKind } from "./classes.ts";

type ButtonProps = Pick<AriaButtonProps, "type" | "onPress" | "isDisabled"> & {
  readonly kind?: ButtonKind;
  readonly className?: string;
  /** Not react-aria's own: that leaves an unnamed image in its announcer, which axe rightly reports. */
  readonly isPending?: boolean;
  readonly children: ReactNode;
};

export function Button({ kind = "secondary", className, isPending = false, onPress, children, ...rest }: ButtonProps) {
  return (
    <AriaButton
      {...rest}
      aria-disabled={isPending}
      className={buttonClass(kind, className)}
      onPress={(event) => {
        if (!isPending) onPress?.(event);
      }}
    >
      <span aria-live="polite" className="contents">
        {children}
      </span>
    </AriaButton>
  );
}
