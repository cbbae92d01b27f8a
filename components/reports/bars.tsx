// A chart of horizontal bars, with the same figures as a table behind it for everybody who reads rather than looks.
import type { ReactNode } from "react";

export type Bar = {
  readonly key: string;
  readonly label: string;
  readonly value: number;
  /** A part of the value that is worth a second look. */
  readonly part?: number;
};

type BarsProps = {
  readonly id: string;
  readonly title: string;
  readonly bars: readonly Bar[];
  /** The heads of the table: what the rows are, the value, and the part. */
  readonly heads: readonly [string, string, string?];
  readonly tableLabel: string;
  readonly number: (value: number) => string;
};

const ROW_PX = 34;
const BAR_PX = 18;
const LABEL_PX = 170;
const WIDTH_PX = 560;
const VALUE_PX = 60;

export function Bars({ id, title, bars, heads, tableLabel, number }: BarsProps) {
  const most = Math.max(...bars.map(({ value }) => value), 1);
  const lengthOf = (value: number) => (value / most) * (WIDTH_PX - LABEL_PX - VALUE_PX);
  return (
    <section aria-labelledby={id} className="space-y-3">
      <h2 id={id} className="text-xl font-semibold tracking-tight">
        {title}
      </h2>
      <svg
        role="img"
        aria-labelledby={id}
        viewBox={`0 0 ${WIDTH_PX} ${bars.length * ROW_PX}`}
        className="w-full max-w-2xl"
        fontSize="14"
      >
        {bars.map(({ key, label, value, part = 0 }, index) => (
          <g key={key} transform={`translate(0 ${index * ROW_PX})`}>
            <text x={LABEL_PX - 10} y={ROW_PX / 2 + 5} textAnchor="end" className="fill-ink">
              {label}
            </text>
            <rect
              x={LABEL_PX}
              y={(ROW_PX - BAR_PX) / 2}
              width={Math.max(lengthOf(value), 1)}
              height={BAR_PX}
              rx="3"
              className="fill-accent"
            />
            {part > 0 ? (
              <rect
                x={LABEL_PX}
                y={(ROW_PX - BAR_PX) / 2}
                width={lengthOf(part)}
                height={BAR_PX}
                rx="3"
                className="fill-danger"
              />
            ) : null}
            <text x={LABEL_PX + lengthOf(value) + 8} y={ROW_PX / 2 + 5} className="fill-ink font-semibold tabular-nums">
              {number(value)}
            </text>
          </g>
        ))}
      </svg>
      <details>
        <summary className="text-link inline-flex min-h-11 items-center">{tableLabel}</summary>
        <NumberTable
          caption={title}
          heads={heads.filter((head) => head !== undefined)}
          rows={bars.map(({ key, label, value, part }) => ({
            key,
            cells: [label, number(value), ...(part === undefined ? [] : [number(part)])],
          }))}
        />
      </details>
    </section>
  );
}

type NumberTableProps = {
  readonly caption: string;
  readonly heads: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
};

export function NumberTable({ caption, heads, rows }: NumberTableProps) {
  return (
    // reachable by keyboard, because it scrolls on a phone
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="overflow-x-auto" role="group" aria-label={caption} tabIndex={0}>
      <table className="w-full min-w-[40rem] border-collapse text-left">
        <thead>
          <tr className="border-b border-control">
            {heads.map((head, index) => (
              <th key={head} scope="col" className={`py-2 pr-6 font-semibold ${index === 0 ? "" : "text-right"}`}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [first, ...rest] }) => (
            <tr key={key} className="border-b border-line">
              <th scope="row" className="py-2 pr-6 font-normal">
                {first}
              </th>
              {rest.map((cell, index) => (
                <td key={heads[index + 1] ?? index} className="py-2 pr-6 text-right tabular-nums">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
