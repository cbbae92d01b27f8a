// Puts names and sentences to the cells, on the server, in the reader's language.
import type { Translator } from "#components/ui/translator.ts";
import type { Locale } from "#lib/i18n/locales.ts";
import { describeDay } from "#lib/i18n/when.ts";
import { ROLES, TARGETS } from "#lib/policy/roles.ts";
import type { MatrixView } from "#lib/policy/types.ts";
import { cellSentence } from "./sentences.ts";
import type { MatrixTable } from "./view.ts";

export function matrixTable(matrix: MatrixView, t: Translator, locale: Locale): MatrixTable {
  const byKey = new Map(matrix.cells.map((cell) => [cell.key, cell]));
  return {
    columns: TARGETS.map((target) => ({
      target,
      name: t(`roles.name.${target}`),
      header: t(`roles.column.${target}`),
    })),
    rows: ROLES.map((role) => ({
      role,
      name: t(`roles.name.${role}`),
      cells: TARGETS.flatMap((target) => {
        const cell = byKey.get(`${role}>${target}`);
        if (!cell) return [];
        const endsText = cell.endsOn && describeDay(cell.endsOn, locale);
        const needsApproval = cell.sensitive || matrix.approvalForEveryChange;
        return [{ ...cell, needsApproval, endsText, sentence: cellSentence(t, { from: role, to: target }) }];
      }),
    })),
  };
}
