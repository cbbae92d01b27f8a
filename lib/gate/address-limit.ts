// How much one network address may hand in within a minute. Counts are forgotten with their minute; addresses are kept
// nowhere else.
const MINUTE_MS = 60_000;

export class AddressLimit {
  readonly #perMinute: number;
  readonly #counts = new Map<string, number>();
  #minute = 0;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Counts the call. @returns false if the address has had its share of this minute */
  admits(address: string, now: number = Date.now()): boolean {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#counts.clear();
      this.#minute = minute;
    }
    const count = (this.#counts.get(address) ?? 0) + 1;
    this.#counts.set(address, count);
    return count <= this.#perMinute;
  }
}
