// The worker shares its machine with gate and web in a small installation; people wait for those, nobody for the worker.
import { setPriority } from "node:os";

/** About a third of the processor where others want it as well, all of it where nobody does. Needs no privilege. */
const NICENESS = 5;

/** To be called before anything else starts: threads that exist already keep their priority. */
export function stepBehindAnswers(): void {
  setPriority(NICENESS);
}
