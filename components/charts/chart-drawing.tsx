"use client";

import { useMemo } from "react";
import { Area, Bar, CartesianGrid, ComposedChart, Line, ReferenceArea, ReferenceDot, ReferenceLine, Tooltip, XAxis, YAxis } from "recharts";

import { ChangeMarker } from "./change-marker.tsx";
import type { ChartDot, ChartSeries, ChartSpec } from "./chart-spec.ts";
import { ChartTooltip } from "./chart-tooltip.tsx";

interface Row {
  t: number;
  [key: string]: number | null | [number, number];
}

function rowsOf(spec: ChartSpec): Row[] {
  return spec.t.map((t, index) => {
    const row: Row = { t };
    for (const series of spec.series) {
      row[series.key] = series.values[index] ?? null;
      const band = series.bands?.[index];
      if (band !== undefined) row[`${series.key}:band`] = band;
    }
    return row;
  });
}

export interface ChartDrawingProps {
  spec: ChartSpec;
  width: number;
  onDot?: ((dot: ChartDot) => void) | undefined;
}

/** Draws a spec. Nothing moves by itself: new numbers take the place of old ones. */
export function ChartDrawing({ spec, width, onDot }: ChartDrawingProps) {
  const rows = useMemo(() => rowsOf(spec), [spec]);
  const isCompact = spec.isCompact === true;
  const top = spec.ticks.at(-1) ?? 1;
  const bottom = spec.isLog === true ? (spec.ticks[0] ?? 1) : 0;
  return (
    <ComposedChart
      width={width}
      height={spec.height}
      data={rows}
      margin={isCompact ? { top: 6, right: 0, bottom: 7, left: 0 } : { top: 14, right: 8, bottom: 0, left: 0 }}
      barCategoryGap="30%"
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} />
      {spec.shadeFrom === undefined ? null : (
        <ReferenceArea x1={spec.shadeFrom} x2={spec.domain[1]} fill="var(--info-bg)" fillOpacity={0.6} ifOverflow="hidden" />
      )}
      <XAxis
        dataKey="t"
        type="number"
        scale="time"
        domain={[spec.domain[0], spec.domain[1]]}
        allowDataOverflow
        hide={isCompact}
        height={isCompact ? 0 : 20}
        ticks={[...spec.timeTicks]}
        tickFormatter={spec.formatTime}
        tickLine={false}
        axisLine={false}
        interval="preserveStartEnd"
      />
      <YAxis
        orientation={isCompact ? "right" : "left"}
        width={isCompact ? 40 : 44}
        type="number"
        scale={spec.isLog === true ? "log" : "linear"}
        domain={[bottom, top]}
        allowDataOverflow
        ticks={isCompact ? [bottom, top] : [...spec.ticks]}
        tickFormatter={spec.formatTick}
        tickLine={false}
        axisLine={false}
        interval={0}
      />
      {spec.series.map((series) => (series.bands === undefined ? null : bandOf(series)))}
      {(spec.asked ?? []).map(({ from, to }) => (
        <ReferenceLine
          key={`${from.t} ${from.value} ${to.value}`}
          segment={[
            { x: from.t, y: from.value },
            { x: to.t, y: to.value },
          ]}
          stroke="var(--text-3)"
          strokeWidth={1.25}
          strokeDasharray="4 3"
          ifOverflow="hidden"
        />
      ))}
      {spec.series.map(drawSeries)}
      {spec.limit === undefined || spec.limit.value > top ? null : (
        <ReferenceLine
          y={spec.limit.value}
          stroke="var(--fail)"
          strokeDasharray="2 3"
          ifOverflow="hidden"
          {...(isCompact || spec.limit.value < top * 0.08
            ? {}
            : { label: { value: spec.limit.label, position: "insideBottomLeft" as const, className: "limit-label" } })}
        />
      )}
      {marksOf(spec, width).map((mark) => (
        <ReferenceLine
          key={mark.t}
          x={mark.t}
          stroke="var(--info)"
          strokeDasharray="3 3"
          ifOverflow="hidden"
          label={<ChangeMarker label={mark.label} width={width} />}
        />
      ))}
      {spec.series.map((series) => (series.hasEndDot === true ? endDot(series, spec) : null))}
      {(spec.dots ?? []).map((dot) => (
        <ReferenceDot
          key={dot.key}
          x={dot.t}
          // What is above the axis stands at its top rather than nowhere.
          y={Math.min(Math.max(dot.value, bottom), top)}
          ifOverflow="hidden"
          shape={requestShape(dot, onDot)}
        />
      ))}
      <Tooltip
        isAnimationActive={false}
        cursor={{ stroke: "var(--line-strong)", strokeWidth: 1 }}
        content={<ChartTooltip spec={spec} />}
        wrapperStyle={{ zIndex: 30 }}
      />
    </ComposedChart>
  );
}

function requestShape(dot: ChartDot, onOpen: ChartDrawingProps["onDot"]) {
  return ({ cx = 0, cy = 0 }: { cx?: number; cy?: number }) => <RequestDot x={cx} y={cy} dot={dot} onOpen={onOpen} />;
}

/** A square for a failed request and a ring for another, large enough to be hit. */
function RequestDot({ x, y, dot, onOpen }: { x: number; y: number; dot: ChartDot; onOpen: ChartDrawingProps["onDot"] }) {
  return (
    <g className={onOpen === undefined ? "" : "cursor-pointer"} onClick={() => onOpen?.(dot)}>
      <title>{dot.label}</title>
      <circle cx={x} cy={y} r={8} fill="transparent" />
      {dot.isError ? (
        <rect x={x - 2.5} y={y - 2.5} width={5} height={5} fill="var(--fail)" />
      ) : (
        <circle cx={x} cy={y} r={2.25} fill="var(--surface)" stroke="var(--text-3)" strokeWidth={1.25} />
      )}
    </g>
  );
}

const LABEL_PX = 72;

/** Marks with their words, which give way where the next mark stands too near. */
function marksOf(spec: ChartSpec, width: number): { t: number; label: string | undefined }[] {
  const marks = (spec.marks ?? []).toSorted((a, b) => a.t - b.t);
  const pxPerMs = width / Math.max(1, spec.domain[1] - spec.domain[0]);
  return marks.map((mark, index) => {
    const isAtEnd = (spec.domain[1] - mark.t) * pxPerMs < LABEL_PX;
    // Near the right edge the words open to the left.
    const neighbour = isAtEnd ? marks[index - 1] : marks[index + 1];
    const hasRoom = neighbour === undefined || Math.abs(neighbour.t - mark.t) * pxPerMs > LABEL_PX;
    return { t: mark.t, label: hasRoom && spec.isCompact !== true ? mark.label : undefined };
  });
}

function bandOf(series: ChartSeries) {
  return (
    <Area
      key={`${series.key}:band`}
      dataKey={`${series.key}:band`}
      stroke="none"
      fill={series.color}
      fillOpacity={0.13}
      connectNulls={false}
      isAnimationActive={false}
      activeDot={false}
      legendType="none"
      tooltipType="none"
    />
  );
}

/** Whether a point stands alone between gaps: a line through it alone would draw nothing. */
function isLonely(values: readonly (number | null)[], index: number): boolean {
  return typeof values[index] === "number" && typeof values[index - 1] !== "number" && typeof values[index + 1] !== "number";
}

function drawSeries(series: ChartSeries) {
  const shared = { key: series.key, dataKey: series.key, name: series.name, isAnimationActive: false } as const;
  const stack = series.stack === undefined ? {} : { stackId: series.stack };
  const dash = series.dash === undefined ? {} : { strokeDasharray: series.dash };
  if (series.kind === "bar") {
    const { key, ...bar } = shared;
    return <Bar key={key} {...bar} {...stack} fill={series.color} stroke="var(--surface)" strokeWidth={1} radius={1.5} />;
  }
  if (series.kind === "area") {
    const { key, ...area } = shared;
    return (
      <Area
        key={key}
        {...area}
        {...stack}
        {...dash}
        type="linear"
        stroke={series.color}
        strokeWidth={series.width ?? 1.5}
        fill={series.color}
        fillOpacity={0.12}
        connectNulls={false}
        activeDot={{ r: 3 }}
      />
    );
  }
  const { key, ...line } = shared;
  return (
    <Line
      key={key}
      {...line}
      {...dash}
      type="linear"
      stroke={series.color}
      strokeWidth={series.width ?? 1.75}
      strokeLinecap="round"
      connectNulls={false}
      activeDot={{ r: 3 }}
      dot={({ cx, cy, index }: { cx?: number; cy?: number; index?: number }) =>
        index !== undefined && isLonely(series.values, index) ? (
          <circle key={index} cx={cx} cy={cy} r={2} fill={series.color} />
        ) : (
          <g key={index} />
        )
      }
    />
  );
}

function endDot(series: ChartSeries, spec: ChartSpec) {
  const at = series.values.findLastIndex((value) => value !== null);
  const value = series.values[at];
  const t = spec.t[at];
  if (value === null || value === undefined || t === undefined || at < series.values.length - 3) return null;
  return <ReferenceDot key={`${series.key}:end`} x={t} y={value} r={3} fill={series.color} stroke="none" ifOverflow="hidden" />;
}
