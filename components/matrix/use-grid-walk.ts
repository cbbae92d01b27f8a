// A grid as one tab stop: the arrow keys move the stop from cell to cell, and it stays where the focus was last.
"use client";
import { useRef, useState, type KeyboardEvent } from "react";
import { nextPosition, type Position } from "./grid-keyboard.ts";

/** @param size heads: rows and columns have something to press in their heads */
export function useGridWalk(size: { readonly rows: number; readonly columns: number; readonly heads?: boolean }) {
  const [stop, setStop] = useState<Position>({ row: 0, column: 0 });
  const grid = useRef<HTMLTableElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = nextPosition(stop, { key: event.key, ctrl: event.ctrlKey || event.metaKey }, size);
    if (!next) return;
    event.preventDefault();
    const place = `[data-row="${String(next.row)}"][data-column="${String(next.column)}"]`;
    grid.current?.querySelector<HTMLElement>(`${place} :is(input, button)`)?.focus();
  };
  const isStop = ({ row, column }: Position) => stop.row === row && stop.column === column;
  return { grid, onKeyDown, isStop, setStop };
}
