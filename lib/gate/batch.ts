// Questions that arrive while the database is busy share the next query. A question never waits for company: if fewer
// queries than allowed are under way, it is sent at the end of the current turn of the event loop.

/** Two, so that one query is answered while the next is collected. */
const UNDER_WAY = 2;
/** Bounds the size of one query. */
const LARGEST = 128;

type Waiting<Question, Answer> = {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
};

/** Each question is asked after it arrived, never answered from an earlier query: an answer is as fresh as alone. */
export class Batch<Question, Answer> {
  readonly #ask: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  #waiting: Waiting<Question, Answer>[] = [];
  #underWay = 0;
  #scheduled = false;

  /** @param ask answers all questions, in their order */
  constructor(ask: (questions: readonly Question[]) => Promise<readonly Answer[]>) {
    this.#ask = ask;
  }

  async ask(question: Question): Promise<Answer> {
    return await new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0 || this.#underWay >= UNDER_WAY) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#send(this.#waiting.splice(0, LARGEST));
    });
  }

  async #send(batch: readonly Waiting<Question, Answer>[]): Promise<void> {
    this.#underWay += 1;
    this.#schedule();
    try {
      const answers = await this.#ask(batch.map(({ question }) => question));
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index];
        if (answer === undefined) reject(new Error("a question of the batch was not answered"));
        else resolve(answer);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#underWay -= 1;
      this.#schedule();
    }
  }
}
