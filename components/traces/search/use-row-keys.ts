import { useEffect, type RefObject } from "react";

const ROWS = "tr, li";
const PARTS = "a, button, input, select, summary, [role='button']";

function linkOf(row: Element | null): HTMLAnchorElement | null {
  return row?.querySelector<HTMLAnchorElement>("a[href]") ?? null;
}

function linksIn(box: Element): HTMLAnchorElement[] {
  return [...box.querySelectorAll(ROWS)].map(linkOf).filter((link) => link !== null);
}

/**
 * Rows that lead somewhere: up and down arrows go from row to row, Enter opens, and a press anywhere on a row is a press on
 * its link. The links themselves stay what they are, so that a row can be opened beside this one.
 */
export function useRowKeys(box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      const target = event.target instanceof Element ? event.target : null;
      const current = linkOf(target?.closest(ROWS) ?? null);
      if (step === 0 || target === null || target.matches("input, select")) return;
      const links = linksIn(element);
      const next = current === null ? links[0] : links[links.indexOf(current) + step];
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
    };
    const onClick = (event: MouseEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      // A text that was marked is meant to be copied, and what can be pressed itself answers for itself.
      if (target === null || target.closest(PARTS) !== null || window.getSelection()?.isCollapsed === false) return;
      linkOf(target.closest(ROWS))?.click();
    };
    element.addEventListener("keydown", onKeyDown);
    element.addEventListener("click", onClick);
    return () => {
      element.removeEventListener("keydown", onKeyDown);
      element.removeEventListener("click", onClick);
    };
  }, [box]);
}
