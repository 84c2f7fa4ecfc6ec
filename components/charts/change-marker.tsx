export interface ChangeMarkerProps {
  label: string | undefined;
  /** Width of the whole picture, so that a label near the right edge turns to the left. */
  width: number;
  /** Given by the chart: where the line stands. */
  viewBox?: { x?: number; y?: number };
}

const LABEL_PX = 90;

/** The flag on top of a change's line, and its words where there is room. */
export function ChangeMarker({ label, width, viewBox }: ChangeMarkerProps) {
  const x = viewBox?.x ?? 0;
  const y = (viewBox?.y ?? 0) - 2;
  const isAtEnd = x > width - LABEL_PX;
  return (
    <g>
      <path d={`M${x - 4} ${y - 8}h8v5l-4 4.500-4-4.500z`} fill="var(--info)" stroke="none" />
      {label === undefined ? null : (
        <text x={isAtEnd ? x - 8 : x + 8} y={y} textAnchor={isAtEnd ? "end" : "start"} className="change-mark-label">
          {label}
        </text>
      )}
    </g>
  );
}
