// Guarantee: whatever anybody has written, the exported file shows it as text.
import { expect, test } from "vitest";
import { translatorOf } from "#lib/i18n/texts.ts";
import type { ShownCasePage } from "./case-state.ts";
import { exportDocument } from "./export-document.ts";

const HTML = `<script>alert("1")</script><img src=x onerror='alert(2)'>`;
const moment = { text: HTML, full: HTML, iso: HTML };
const page: ShownCasePage = {
  version: 1,
  title: HTML,
  state: "new",
  stateText: HTML,
  severity: "high",
  severityText: HTML,
  category: "other",
  schoolId: null,
  schools: [],
  facts: [{ label: HTML, text: HTML }],
  due: HTML,
  urgency: "calm",
  owner: HTML,
  isMine: false,
  notices: [HTML],
  mergedInto: null,
  may: [],
  reported: { name: HTML, roles: HTML },
  room: { name: HTML, text: HTML, members: [HTML] },
  reports: [
    {
      id: "r",
      title: HTML,
      at: moment,
      reporter: { name: HTML, roles: HTML },
      reason: HTML,
      withheld: null,
      notes: [HTML],
      isDoubtful: false,
      evidence: [],
    },
  ],
  reportsMore: null,
  escalations: [
    {
      id: "e",
      title: HTML,
      message: HTML,
      answer: { by: HTML, text: HTML, wanted: HTML },
      mayReleaseReporter: false,
      mayReleaseScreenshot: false,
      released: [],
    },
  ],
  earlier: [],
  entries: [{ id: "1", at: moment, sentence: HTML, text: HTML, isNote: true }],
};

test("every text is escaped; a picture stands in the file itself; no script, no address", () => {
  const event = Buffer.from(JSON.stringify({ type: "m.room.message", content: { body: HTML } }));
  const html = exportDocument(
    {
      page,
      made: HTML,
      measures: {
        options: [],
        hold: null,
        measures: [
          { id: "m", title: HTML, state: "done", stateText: HTML, at: moment, sentences: [HTML], text: HTML, may: [] },
        ],
      },
      evidence: [
        { reportId: "r", kind: "event", mediaType: "application/json", content: event },
        { reportId: "r", kind: "screenshot", mediaType: "image/webp", content: Buffer.from("x") },
        { reportId: "r", kind: "screenshot", mediaType: "image/webp", content: null },
      ],
    },
    { t: translatorOf("de"), locale: "de", now: new Date(0) },
  );
  expect(html).not.toMatch(/<script|<img src=x/);
  expect(html).toContain("&lt;script&gt;");
  expect(html).toContain('src="data:image/webp;base64,eA=="');
  expect(html).toContain("lässt sich nicht mehr öffnen");
  expect(html).not.toMatch(/https?:/);
});
