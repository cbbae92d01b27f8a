import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort, takenPorts, takenPortsMessage } from "./ports.ts";

test("a taken port is named with the setting that changes it, and a free one is not", async () => {
  const [port, free] = await Promise.all([freePort(), freePort()]);
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
  const taken = await takenPorts([
    { title: "console", port, variable: "CONSOLE_PORT" },
    { title: "gate", port: free, variable: "GATE_PORT" },
  ]);
  await new Promise((resolve) => server.close(resolve));
  expect(takenPortsMessage(taken)).toBe(
    `Port ${String(port)} (console) is taken. Please end the program that uses it, or choose another port: CONSOLE_PORT=${String(port + 1)} npm start`,
  );
});
