import { describe, expect, test } from "vitest";
import { Batch } from "./batch.ts";

/** Each query stays open until it is answered or fails by hand. */
function openQueries() {
  const queries: { questions: readonly number[]; answer: () => void; fail: (reason: Error) => void }[] = [];
  const batch = new Batch<number, string>(
    (questions) =>
      new Promise((resolve, reject) => {
        const answer = () => {
          resolve(questions.map((question) => `answer ${String(question)}`));
        };
        queries.push({ questions, answer, fail: reject });
      }),
  );
  return { batch, queries };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a batch of questions", () => {
  test("a question is never answered by a query that began before it", async () => {
    const { batch, queries } = openQueries();
    const [first, second] = [batch.ask(1), turn().then(() => batch.ask(2))];
    await turn();
    await turn();
    expect(queries.map(({ questions }) => questions)).toEqual([[1], [2]]);
    queries[1]?.answer();
    queries[0]?.answer();
    expect(await Promise.all([first, second])).toEqual(["answer 1", "answer 2"]);
  });

  test("while two queries are under way, questions wait and share the next one", async () => {
    const { batch, queries } = openQueries();
    const answers = [batch.ask(1)];
    await turn();
    answers.push(batch.ask(2));
    await turn();
    answers.push(batch.ask(3), batch.ask(4));
    await turn();
    expect(queries).toHaveLength(2);
    queries[0]?.answer();
    await answers[0];
    await turn();
    expect(queries[2]?.questions).toEqual([3, 4]);
    queries[1]?.answer();
    queries[2]?.answer();
    expect(await Promise.all(answers)).toEqual([1, 2, 3, 4].map((question) => `answer ${String(question)}`));
  });

  test("a query that fails refuses its own questions, and the next is asked all the same", async () => {
    const { batch, queries } = openQueries();
    const failing = batch.ask(1);
    await turn();
    queries[0]?.fail(new Error("database away"));
    await expect(failing).rejects.toThrow("database away");
    const next = batch.ask(2);
    await turn();
    queries[1]?.answer();
    expect(await next).toBe("answer 2");
  });

  test("an answer that is missing is an error, not a yes", async () => {
    const batch = new Batch<number, string>((questions) => Promise.resolve(questions.slice(1).map(String)));
    const outcomes = await Promise.allSettled([batch.ask(1), batch.ask(2)]);
    expect(outcomes[1]).toMatchObject({ status: "rejected" });
  });

  test("one query holds at most 128 questions", async () => {
    const { batch, queries } = openQueries();
    const answers = Array.from({ length: 300 }, (_, question) => batch.ask(question));
    for (let answered = 0; answered < 3; answered += 1) {
      await turn();
      queries[answered]?.answer();
      await turn();
    }
    await Promise.all(answers);
    expect(queries.map(({ questions }) => questions.length)).toEqual([128, 128, 44]);
  });
});
