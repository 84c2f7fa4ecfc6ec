import cytoscape from "cytoscape";
import type { Core, EventObject, SingularElementArgument } from "cytoscape";

import type { Size } from "../model/geometry.ts";
import { MAX_ZOOM, MIN_ZOOM } from "../model/zoom.ts";
import type { Viewport } from "../model/zoom.ts";
import type { CanvasElement } from "./canvas-elements.ts";
import { canvasStyle } from "./canvas-style.ts";
import type { MapColors } from "./map-colors.ts";

export interface EdgeCanvasHandlers {
  /** Pan or zoom changed, by whatever means. */
  onViewport(view: Viewport): void;
  /** A node or an edge was pressed. */
  onItem(id: string): void;
  onBackground(): void;
  onHover(edge: string | null): void;
}

const ANIMATION_MS = 320;

/** The canvas under the cards: hulls and edges, pan and zoom. Knows nothing of React. */
export class EdgeCanvas {
  private readonly cy: Core;
  private readonly container: HTMLElement;
  private readonly drawn = new Map<string, string>();

  constructor(container: HTMLElement, colors: MapColors, handlers: EdgeCanvasHandlers) {
    this.container = container;
    this.cy = cytoscape({
      container,
      style: canvasStyle(colors),
      layout: { name: "preset" },
      minZoom: MIN_ZOOM,
      maxZoom: MAX_ZOOM,
      autoungrabify: true,
      autounselectify: true,
      boxSelectionEnabled: false,
    });
    this.cy.on("viewport", () => handlers.onViewport(this.view()));
    this.cy.on("tap", (event) => {
      const item = itemUnder(event);
      if (item !== null) {
        // With a mouse the card's own click follows; after a touch the browser sends none, since the canvas took it.
        if (event.originalEvent.type.startsWith("touch")) handlers.onItem(item);
        return;
      }
      if (event.target === this.cy) handlers.onBackground();
      else if (isEdge(event.target)) handlers.onItem(String(event.target.data("edge")));
    });
    this.cy.on("mouseover", "edge", (event) => {
      if (isEdge(event.target)) handlers.onHover(String(event.target.data("edge")));
    });
    this.cy.on("mouseout", "edge", () => handlers.onHover(null));
  }

  view(): Viewport {
    return { zoom: this.cy.zoom(), pan: { ...this.cy.pan() } };
  }

  size(): Size {
    return { width: this.cy.width(), height: this.cy.height() };
  }

  /** Shows a view, at once or gliding there. */
  show(view: Viewport, isGliding: boolean): void {
    this.cy.stop(true);
    if (isGliding) this.cy.animate({ zoom: view.zoom, pan: view.pan }, { duration: ANIMATION_MS, easing: "ease-in-out-cubic" });
    else this.cy.viewport({ zoom: view.zoom, pan: view.pan });
  }

  resize(): void {
    this.cy.resize();
  }

  recolor(colors: MapColors): void {
    this.cy.style(canvasStyle(colors));
  }

  /** Makes the canvas show exactly these elements. Only what differs from the last time is touched. */
  draw(elements: readonly CanvasElement[]): void {
    const wanted = new Set(elements.map((element) => element.data.id));
    this.cy.batch(() => {
      for (const id of this.drawn.keys()) {
        if (wanted.has(id)) continue;
        this.drawn.delete(id);
        this.cy.getElementById(id).remove();
      }
      const added: CanvasElement[] = [];
      for (const element of elements) {
        const print = JSON.stringify([element.data, element.position, element.classes]);
        const before = this.drawn.get(element.data.id);
        if (before === print) continue;
        this.drawn.set(element.data.id, print);
        if (before === undefined) added.push(element);
        else this.update(element);
      }
      this.cy.add(added);
    });
  }

  /** cytoscape empties its container when it ends; what React put there goes back in. */
  destroy(): void {
    const inside = [...this.container.children];
    this.cy.destroy();
    this.container.append(
      ...inside.filter((child) => !(child instanceof HTMLDivElement && child.querySelector(":scope > canvas") !== null)),
    );
  }

  private update({ data, position, classes }: CanvasElement): void {
    const element = this.cy.getElementById(data.id);
    element.data(data);
    element.classes(classes);
    if (position !== undefined && element.isNode()) element.position(position);
  }
}

function isEdge(target: unknown): target is SingularElementArgument {
  return (
    typeof target === "object" && target !== null && "isEdge" in target && typeof target.isEdge === "function" && target.isEdge() === true
  );
}

/** Cards and labels lie inside the container, so their presses reach the canvas as well. */
function itemUnder(event: EventObject): string | null {
  const { target } = event.originalEvent;
  return target instanceof Element ? (target.closest<HTMLElement>("[data-map-item]")?.dataset.mapItem ?? null) : null;
}
