// The type of a translator over all texts, for functions that build sentences.
import type { getTranslations } from "next-intl/server";

export type Translator = Awaited<ReturnType<typeof getTranslations<never>>>;
