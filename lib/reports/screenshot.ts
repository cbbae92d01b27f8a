// Makes the picture that came with a report safe to keep and to show: judged by its content, re-encoded, without
// metadata. Nothing of the file as it came survives.
import sharp from "sharp";
import type { IntakeProblem } from "./intake.ts";

/** As sent; of more, nothing is decoded. */
const LIMIT_BYTES = 10 * 1024 * 1024;
/** A large desktop screen at double resolution; a bomb of a few bytes can claim far more. */
const LIMIT_PIXELS = 40_000_000;
const LONGEST_SIDE_PIXELS = 4_096;
const FORMATS: readonly string[] = ["png", "jpeg", "webp"];
const QUALITY = 82;
/** Half the time of the default for about 2 % more bytes (0 to 6): a flood must not keep support waiting. */
const EFFORT = 2;
// screenshots are small: a second thread for each costs more than it saves
sharp.concurrency(1);

export const SCREENSHOT_MEDIA_TYPE = "image/webp";
export type Screenshot =
  { readonly ok: true; readonly content: Buffer } | { readonly ok: false; readonly problem: IntakeProblem };

/** @param base64 standard base64, with or without a data URI's prefix */
export async function readScreenshot(base64: string): Promise<Screenshot> {
  const text = base64.replace(/^data:[a-z/+.-]+;base64,/i, "");
  if (text.length > (LIMIT_BYTES / 3) * 4 + 4) return { ok: false, problem: "screenshotTooLarge" };
  const sent = Buffer.from(text, "base64");
  try {
    const image = sharp(sent, { limitInputPixels: LIMIT_PIXELS, failOn: "error", animated: false });
    const { format } = await image.metadata();
    if (!FORMATS.includes(format)) return { ok: false, problem: "screenshotUnreadable" };
    const content = await image
      .rotate() // as its metadata wants it, before they go
      .resize({ width: LONGEST_SIDE_PIXELS, height: LONGEST_SIDE_PIXELS, fit: "inside", withoutEnlargement: true })
      .webp({ quality: QUALITY, effort: EFFORT })
      .toBuffer();
    return { ok: true, content };
  } catch (error) {
    const isTooLarge = error instanceof Error && error.message.includes("pixel limit");
    return { ok: false, problem: isTooLarge ? "screenshotTooLarge" : "screenshotUnreadable" };
  }
}
