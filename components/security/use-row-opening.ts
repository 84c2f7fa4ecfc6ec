import { useEffect, type RefObject } from "react";

const PARTS = "a, button, input, select, summary";

function openerOf(row: Element | null): HTMLButtonElement | null {
  return row?.querySelector<HTMLButtonElement>("button[data-opens]") ?? null;
}

/**
 * Rows that open beside the table: a press anywhere on a row is a press on its button, up and down arrows go from button to
 * button, Escape closes what is open. The buttons stay what they are for everybody else.
 */
export function useRowOpening(box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
      const current = openerOf(event.target.closest("tr"));
      if (event.key === "Escape" && current?.ariaExpanded === "true") {
        event.preventDefault();
        current.click();
        return;
      }
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (step === 0 || current === null) return;
      const all = [...element.querySelectorAll<HTMLButtonElement>("button[data-opens]")];
      const next = all[all.indexOf(current) + step];
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
    };
    const onClick = (event: MouseEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      // A text that was marked is meant to be copied.
      if (target === null || target.closest(PARTS) !== null || window.getSelection()?.isCollapsed === false) return;
      const opener = openerOf(target.closest("tbody tr"));
      opener?.focus({ preventScroll: true });
      opener?.click();
    };
    element.addEventListener("keydown", onKeyDown);
    element.addEventListener("click", onClick);
    return () => {
      element.removeEventListener("keydown", onKeyDown);
      element.removeEventListener("click", onClick);
    };
  }, [box]);
}

/** Gives the focus back to the row that was open. */
export function focusOpener(id: string): void {
  const all = [...document.querySelectorAll<HTMLButtonElement>("button[data-opens]")];
  all.find((button) => button.dataset["opens"] === id)?.focus();
}
