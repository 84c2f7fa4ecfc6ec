import Link from "next/link.js";
import type { ComponentProps, ReactNode } from "react";

import { cx } from "./cx.ts";

export type ButtonKind = "plain" | "primary" | "quiet" | "done";

export interface ButtonLook {
  kind?: ButtonKind | undefined;
  isSmall?: boolean | undefined;
  /** A square for one icon; the button then needs an `aria-label`. */
  isIconOnly?: boolean | undefined;
  className?: string | undefined;
}

const KINDS: Readonly<Record<ButtonKind, string>> = {
  plain:
    "border-line-strong bg-surface text-text font-medium not-aria-disabled:hover:bg-[color-mix(in_srgb,var(--surface),var(--text)_4%)]",
  primary: "border-info bg-info text-on-accent font-semi not-aria-disabled:hover:brightness-105",
  quiet: "border-transparent bg-transparent text-text-2 font-medium not-aria-disabled:hover:bg-hover not-aria-disabled:hover:text-text",
  done: "border-transparent bg-ok-bg text-ok-text font-medium",
};

/** Classes of a button, for the few places where the element comes from elsewhere. */
export function buttonClass({ kind = "plain", isSmall = false, isIconOnly = false, className }: ButtonLook): string {
  return cx(
    "inline-flex flex-none items-center justify-center gap-1.5 whitespace-nowrap rounded-2 border transition-colors duration-(--dur-1)",
    "aria-disabled:cursor-not-allowed aria-disabled:border-line aria-disabled:bg-sunken aria-disabled:text-text-3",
    isSmall ? "h-(--ctl-h-sm) text-12" : "h-(--ctl-h) text-13",
    isIconOnly ? cx("px-0", isSmall ? "w-(--ctl-h-sm)" : "w-(--ctl-h)") : isSmall ? "px-2" : "px-3",
    KINDS[kind],
    className,
  );
}

export interface ButtonProps extends ButtonLook, Omit<ComponentProps<"button">, "className" | "disabled"> {
  /** Keeps its place in the tab order, so that the reader can find out why it does nothing. */
  isDisabled?: boolean;
  children: ReactNode;
}

export function Button({ kind, isSmall, isIconOnly, className, isDisabled = false, onClick, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={isDisabled || undefined}
      onClick={isDisabled ? (event) => event.preventDefault() : onClick}
      className={buttonClass({ kind, isSmall, isIconOnly, className })}
    >
      {children}
    </button>
  );
}

export interface ButtonLinkProps extends ButtonLook, Omit<ComponentProps<typeof Link>, "className"> {
  children: ReactNode;
}

export function ButtonLink({ kind, isSmall, isIconOnly, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link {...rest} className={buttonClass({ kind, isSmall, isIconOnly, className })}>
      {children}
    </Link>
  );
}
