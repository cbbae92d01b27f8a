// A first guess at what a report is about, so that the worst is not read last. Words as data; support corrects it. Pure.
import type { ReportCategory } from "#prisma/generated/enums.ts";

/** Beginnings of words, folded (ä = ae, ß = ss). In this order: what is worse wins. */
const WORDS: readonly (readonly [ReportCategory, readonly string[]])[] = [
  [
    "violence",
    [
      "umbring",
      "toete",
      "getoetet",
      "suizid",
      "selbstmord",
      "ritz",
      "verletz",
      "schlag",
      "verpruegel",
      "waffe",
      "messer",
      "amok",
      "drohung",
      "bedroh",
      "gewalt",
      "kill",
      "suicid",
    ],
  ],
  ["sexual", ["nackt", "nudes", "sex", "porno", "missbrauch", "intim", "dickpic", "belaestig", "naked"]],
  ["extremism", ["nazi", "hakenkreuz", "hitler", "sieg heil", "auslaender raus", "terror", "judensau"]],
  ["bullying", ["mobb", "beleidig", "auslach", "haenselt", "hasse", "schimpf", "ausgrenz", "hure", "bully", "insult"]],
  ["spam", ["spam", "werbung", "kettenbrief", "advert"]],
];

function folded(text: string): string {
  return text
    .toLowerCase()
    .replaceAll("ä", "ae")
    .replaceAll("ö", "oe")
    .replaceAll("ü", "ue")
    .replaceAll("ß", "ss")
    .replaceAll(/[^a-z ]+/g, " ");
}

export function categoryHint(reason: string): ReportCategory {
  const text = ` ${folded(reason)}`;
  return WORDS.find(([, words]) => words.some((word) => text.includes(` ${word}`)))?.[0] ?? "other";
}
