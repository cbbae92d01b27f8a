// A row of the tree: a folder that opens, a group that opens and leads to its page, or a person.
"use client";
import {
  ChevronRight,
  CircleDashed,
  CircleMinus,
  CirclePlus,
  Folder,
  FolderOpen,
  School,
  ShieldAlert,
  UserRound,
  UsersRound,
} from "lucide-react";
import Link from "next/link";
import { useFormatter, useTranslations } from "next-intl";
import type { MouseEvent, ReactNode } from "react";
import { markOf, type VisibleRow } from "./tree-rows.ts";

const ROW =
  "[--indent:12px] sm:[--indent:20px] absolute inset-x-0 flex h-11 w-full items-center gap-2 pr-3 text-left hover:bg-sunken data-active:bg-accent-soft group-focus-visible/tree:data-active:outline-3 group-focus-visible/tree:data-active:-outline-offset-3 group-focus-visible/tree:data-active:outline-focus";

const ICONS = { school: School, group: UsersRound, person: UserRound, loading: CircleDashed, failed: CircleDashed };

type TreeItemProps = {
  readonly id: string;
  readonly visible: VisibleRow;
  readonly top: number;
  readonly isActive: boolean;
  readonly path: string | null;
  readonly onToggle: () => void;
  /** A pointer goes to the row's page. */
  readonly onReach: () => void;
};

export function TreeItem({ id, visible, top, isActive, path, onToggle, onReach }: TreeItemProps) {
  const { level, position, setSize, isOpen } = visible;
  const common = {
    id,
    role: "treeitem",
    tabIndex: -1,
    "aria-level": level,
    "aria-posinset": position,
    "aria-setsize": setSize,
    "aria-selected": isActive,
    "data-active": isActive ? "" : undefined,
    ...(isOpen === null ? {} : { "aria-expanded": isOpen }),
    className: ROW,
    style: { top, paddingLeft: `calc(8px + ${String(level - 1)} * var(--indent))` },
  };
  if (path === null) {
    return (
      <button type="button" {...common} onClick={isOpen === null ? undefined : onToggle}>
        <Content visible={visible} />
      </button>
    );
  }
  const onClick = (event: MouseEvent) => {
    if (!(event.target instanceof Element) || event.target.closest("[data-toggle]") === null) {
      onReach();
      return;
    }
    event.preventDefault();
    onToggle();
  };
  return (
    <Link {...common} href={path} prefetch={false} onClick={onClick}>
      <Content visible={visible} />
    </Link>
  );
}

function Content({ visible }: { readonly visible: VisibleRow }) {
  const t = useTranslations("client.addressbook");
  const format = useFormatter();
  const { kind, label, isOpen, folder, row } = visible;
  const Icon = kind === "folder" ? (isOpen === true ? FolderOpen : Folder) : ICONS[kind];
  const total = folder?.total ?? row?.members ?? null;
  const mark = markOf(visible);
  return (
    <>
      {isOpen === null ? (
        <span className="w-6 flex-none max-sm:w-4" />
      ) : (
        <span data-toggle className="flex h-11 w-6 flex-none items-center justify-center">
          <ChevronRight aria-hidden className={`size-5 text-ink-soft ${isOpen ? "rotate-90" : ""}`} />
        </span>
      )}
      <Icon aria-hidden className={`size-5 flex-none ${kind === "person" ? "text-ink-soft" : "text-accent"}`} />
      <span className="min-w-0 truncate">
        {kind === "loading" ? <span className="text-ink-soft">{t("loadingRow")}</span> : <bdi>{label}</bdi>}
        {kind === "failed" ? t("failedRow") : null}
        {row && row.note !== "" ? <span className="text-sm text-ink-soft"> {row.note}</span> : null}
      </span>
      {total === null ? null : (
        <span className="text-ink-soft tabular-nums">
          <span aria-hidden>{format.number(total)}</span>
          <span className="sr-only">{t("people", { count: total })}</span>
        </span>
      )}
      <span className="ml-auto flex flex-none items-center gap-2">
        {mark === "same" ? null : <DraftMark mark={mark} />}
        {folder && mark === "same" && folder.added + folder.removed > 0 ? (
          <span className="text-sm text-ink-soft tabular-nums">
            {t("folderChanges", { added: folder.added, removed: folder.removed })}
          </span>
        ) : null}
        {row?.isProtected ? (
          <RowMark text={t("protected")}>
            <ShieldAlert aria-hidden className="size-4 text-sensitive" />
          </RowMark>
        ) : null}
        {row?.isNew ? (
          <RowMark text={t("neverShort")}>
            <CircleDashed aria-hidden className="size-4 text-ink-soft" />
          </RowMark>
        ) : null}
      </span>
    </>
  );
}

/** An icon; the words stand beside it where there is room. */
export function RowMark({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1 text-sm text-ink-soft">
      {children}
      <span className="max-sm:sr-only">{text}</span>
    </span>
  );
}

export function DraftMark({ mark }: { readonly mark: "added" | "removed" }) {
  const t = useTranslations("client.addressbook");
  return mark === "added" ? (
    <span className="inline-flex items-center gap-1 text-sm font-semibold text-added">
      <CirclePlus aria-hidden className="size-4" />
      <span className="max-sm:sr-only">{t("added")}</span>
    </span>
  ) : (
    <span className="inline-flex items-center gap-1 text-sm font-semibold text-removed">
      <CircleMinus aria-hidden className="size-4" />
      <span className="max-sm:sr-only">{t("removed")}</span>
    </span>
  );
}
