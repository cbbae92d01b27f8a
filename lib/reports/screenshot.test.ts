// Only what is a picture by its content is kept, and nothing of its metadata.
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { readScreenshot } from "./screenshot.ts";

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#336699" } });
const base64 = (content: Buffer) => content.toString("base64");

describe("screenshots", () => {
  test("a PNG is re-encoded without what it says about itself", async () => {
    const sent = await picture(40, 30)
      .withExif({ IFD0: { Artist: "Ada Beispiel", ImageDescription: "geheim" } })
      .png()
      .toBuffer();
    expect((await sharp(sent).metadata()).exif).toBeDefined();
    const kept = await readScreenshot(base64(sent));
    if (!kept.ok) throw new Error(kept.problem);
    const { format, width, height, exif } = await sharp(kept.content).metadata();
    expect({ format, width, height, exif }).toEqual({ format: "webp", width: 40, height: 30, exif: undefined });
    expect(kept.content.includes("Ada Beispiel")).toBe(false);
  });

  test("a data URI is understood", async () => {
    const sent = await picture(2, 2).jpeg().toBuffer();
    expect((await readScreenshot(`data:image/jpeg;base64,${base64(sent)}`)).ok).toBe(true);
  });

  test("a huge one is made smaller", async () => {
    const kept = await readScreenshot(base64(await picture(5_000, 1_000).png().toBuffer()));
    if (!kept.ok) throw new Error(kept.problem);
    expect((await sharp(kept.content).metadata()).width).toBe(4_096);
  });

  test.each([
    ["text", base64(Buffer.from("<script>alert(1)</script>"))],
    [
      "SVG, which can hold scripts",
      base64(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')),
    ],
    ["nothing", ""],
    ["no base64", "§§§"],
  ])("%s is no screenshot", async (_, sent) => {
    expect(await readScreenshot(sent)).toEqual({ ok: false, problem: "screenshotUnreadable" });
  });

  test("half a picture is no screenshot", async () => {
    const whole = await picture(600, 600).png({ compressionLevel: 0 }).toBuffer();
    expect(await readScreenshot(base64(whole.subarray(0, 5_000)))).toEqual({
      ok: false,
      problem: "screenshotUnreadable",
    });
  });

  test("a bomb is not unpacked, and 50 MB are not even decoded", async () => {
    const bomb = await picture(9_000, 9_000).png().toBuffer();
    expect(await readScreenshot(base64(bomb))).toEqual({ ok: false, problem: "screenshotTooLarge" });
    expect(await readScreenshot("A".repeat(70_000_000))).toEqual({ ok: false, problem: "screenshotTooLarge" });
  });
});
