// The one button. While pending it keeps its focus and its width, says so to screen readers, and ignores further presses.
"use client";
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components/Button";
import { buttonClass, type ButtonKind } from "./classes.ts";

type ButtonProps = Omit<AriaButtonProps, "className" | "children" | "style"> & {
  readonly kind?: ButtonKind;
  readonly className?: string;
  readonly children: ReactNode;
};

export function Button({ kind = "secondary", className, children, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={buttonClass(kind, className)}>
      {children}
    </AriaButton>
  );
}
