const PAD = 1.5;

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** SVG paths of a sparkline: a line, and the area under it, broken at gaps; a lone point becomes a dot. */
export function sparkPaths(points: readonly (number | null)[], width: number, height: number): { line: string; area: string } {
  const top = Math.max(0, ...points.map((value) => value ?? 0));
  const step = points.length > 1 ? width / (points.length - 1) : 0;
  const y = (value: number) => height - PAD - (top === 0 ? 0 : (value / top) * (height - 2 * PAD));
  let line = "";
  let area = "";
  let run: [number, number][] = [];
  const close = () => {
    const first = run[0];
    const last = run.at(-1);
    if (first !== undefined && last !== undefined) {
      const path = run.map(([px, py], index) => `${index === 0 ? "M" : "L"}${round(px)} ${round(py)}`).join("");
      line += run.length === 1 ? `${path}h0.1` : path;
      area += `${path}L${round(last[0])} ${height}L${round(first[0])} ${height}Z`;
    }
    run = [];
  };
  points.forEach((value, index) => {
    if (value === null) close();
    else run.push([index * step, y(value)]);
  });
  close();
  return { line, area };
}
