// The address book as a tree (ARIA authoring practices, tree view). Only the rows in sight are drawn; the keyboard works on
// all of them, and the active one is always drawn, so that a screen reader can follow (docs/decisions/018).
"use client";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useId, useRef, useState, type KeyboardEvent } from "react";
import { buttonClass } from "#components/ui/classes.ts";
import { groupPath, personPath, type ViewQuery } from "./paths.ts";
import { TreeItem } from "./tree-item.tsx";
import {
  GROUP_KEY,
  indexOfActive,
  keyStep,
  SCHOOL_KEY,
  typedRow,
  visibleRows,
  type Folder,
  type VisibleRow,
} from "./tree-rows.ts";
import { useTreeRows } from "./use-tree-rows.ts";

const ROW_PX = 44;
const OVERSCAN = 8;
/** A pause longer than this begins a new word. */
const TYPING_PAUSE_MS = 700;
/** So long a typed word without a row waits for rows that are still being loaded. */
const TYPED_WAITS_MS = 5_000;
const NOTHING_TYPED = { text: "", at: 0, isWaiting: false };

export type TreeProps = {
  readonly schoolId: string;
  readonly schoolName: string;
  readonly view: ViewQuery;
  readonly folders: readonly Folder[];
  readonly open: ReadonlySet<string>;
  readonly onOpenChange: (open: ReadonlySet<string>) => void;
  /** The row from which somebody went to a page and now comes back. */
  readonly returnTo: string;
  /** Somebody goes from this row to its page. */
  readonly onLeave: (key: string) => void;
};

function pathOf(schoolId: string, view: ViewQuery, { kind, row }: VisibleRow): string | null {
  if (row === null) return null;
  return kind === "group" ? groupPath(schoolId, row.id, view) : personPath(schoolId, row.id, view);
}

export function AddressTree(props: TreeProps) {
  const { schoolId, schoolName, view, folders, open, onOpenChange, returnTo, onLeave } = props;
  const t = useTranslations("client.addressbook");
  const router = useRouter();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const typed = useRef(NOTHING_TYPED);
  const { loaded, retry } = useTreeRows(schoolId, view, open);
  const rows = visibleRows({ schoolName, folders, open, loaded });
  const [active, setActive] = useState(returnTo === "" ? SCHOOL_KEY : returnTo);
  const [sight, setSight] = useState({ row: 0, rows: 14 });
  const hasReturned = useRef(returnTo === "");
  const current = indexOfActive(rows, active);
  const failed = rows.find(({ kind }) => kind === "failed")?.parent ?? null;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => {
      const next = {
        row: Math.floor(element.scrollTop / ROW_PX),
        rows: Math.ceil(element.clientHeight / ROW_PX) + 1,
      };
      // nothing to draw anew while the same rows are in sight
      setSight((last) => (last.row === next.row && last.rows === next.rows ? last : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);

  // once, when the row to come back to has been loaded; not if somebody has moved on meanwhile
  const returned = active === returnTo ? rows.findIndex(({ key }) => key === returnTo) : -1;
  useEffect(() => {
    if (returned < 0 || hasReturned.current || !box.current) return;
    hasReturned.current = true;
    box.current.scrollTop = (returned + 0.5) * ROW_PX - box.current.clientHeight / 2;
  }, [returned]);

  const focus = (key: string) => {
    hasReturned.current = true;
    setActive(key);
    const index = rows.findIndex((row) => row.key === key);
    const element = box.current;
    if (!element || index < 0) return;
    if (index * ROW_PX < element.scrollTop) element.scrollTop = index * ROW_PX;
    else if ((index + 1) * ROW_PX > element.scrollTop + element.clientHeight) {
      element.scrollTop = (index + 1) * ROW_PX - element.clientHeight;
    }
  };
  const toggle = (key: string, shouldOpen = !open.has(key)) => {
    const next = new Set(open);
    if (shouldOpen) next.add(key);
    else {
      next.delete(key);
      // what is inside a closed folder is closed as well, or its rows would be loaded for nobody
      if (key === "groups") for (const other of open) if (other.startsWith(GROUP_KEY)) next.delete(other);
    }
    hasReturned.current = true;
    setActive(key);
    onOpenChange(next);
  };
  const activate = (row: VisibleRow | undefined) => {
    if (!row) return;
    const path = pathOf(schoolId, view, row);
    if (path !== null) {
      onLeave(row.key);
      router.push(path);
    } else if (row.isOpen !== null) toggle(row.key);
  };
  const goToTyped = useEffectEvent(() => {
    const { text, at, isWaiting } = typed.current;
    const key = isWaiting && performance.now() - at < TYPED_WAITS_MS ? typedRow(rows, current, text) : null;
    if (key === null) return;
    typed.current = { text, at, isWaiting: false };
    focus(key);
  });
  useEffect(() => {
    goToTyped();
  }, [loaded]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = event.timeStamp;
    const isTyping = now - typed.current.at < TYPING_PAUSE_MS && typed.current.text !== "";
    if (event.key.length === 1 && (event.key !== " " || isTyping)) {
      event.preventDefault();
      const text = isTyping ? typed.current.text + event.key : event.key;
      const key = typedRow(rows, current, text);
      typed.current = { text, at: now, isWaiting: key === null };
      if (key !== null) focus(key);
      return;
    }
    const step = keyStep(rows, current, event.key, Math.max(1, sight.rows - 2));
    if (!step) return;
    event.preventDefault();
    // whoever moves on begins a new word
    typed.current = NOTHING_TYPED;
    if (step.type === "focus") focus(step.key);
    else if (step.type === "activate") activate(rows[current]);
    else toggle(step.key, step.type === "open");
  };

  const first = Math.max(0, sight.row - OVERSCAN);
  const last = Math.min(rows.length, sight.row + sight.rows + OVERSCAN);
  const drawn = rows.flatMap((row, index) =>
    (index >= first && index < last) || index === current ? [{ row, index }] : [],
  );
  const itemId = (index: number) => `${id}-${String(index)}`;
  return (
    <div className="space-y-3">
      <div
        ref={box}
        role="tree"
        aria-label={t("tree")}
        aria-activedescendant={itemId(current)}
        tabIndex={0}
        onKeyDown={onKeyDown}
        className="group/tree relative max-h-[70dvh] overflow-y-auto rounded-lg border border-line bg-surface focus-visible:border-focus focus-visible:outline-1 focus-visible:outline-offset-0"
      >
        <div role="none" className="relative" style={{ height: rows.length * ROW_PX }}>
          {drawn.map(({ row, index }) => (
            <TreeItem
              key={row.key}
              id={itemId(index)}
              visible={row}
              top={index * ROW_PX}
              isActive={index === current}
              path={pathOf(schoolId, view, row)}
              onToggle={() => {
                toggle(row.key);
              }}
              onReach={() => {
                setActive(row.key);
                onLeave(row.key);
              }}
            />
          ))}
        </div>
      </div>
      {failed === null ? null : (
        <div role="alert" className="flex flex-wrap items-center gap-3">
          <p>{t("failed")}</p>
          <button
            type="button"
            className={buttonClass("secondary")}
            onClick={() => {
              retry(failed);
            }}
          >
            {t("again")}
          </button>
        </div>
      )}
    </div>
  );
}
