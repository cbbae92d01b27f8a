// Prisma's schema engine in its WebAssembly form, so that migrations need no native binary (docs/decisions/003).
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { PrismaPg } from "@prisma/adapter-pg";
import * as engineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import type { SchemaEngine } from "@prisma/schema-engine-wasm/schema_engine_bg";
import { z } from "zod";

/** The glue calls this export once its memory is in place; the rest of the exports stay opaque to us. */
const wasmExports = z.looseObject({ __wbindgen_start: z.custom<() => void>((value) => typeof value === "function") });

let loaded: Promise<void> | undefined;

/** Node would need a flag to import the package's main entry, so its glue gets the instance by hand. */
async function load(): Promise<void> {
  // not import.meta.resolve: the test runner has none
  const glue = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const bytes = await readFile(join(dirname(glue), "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, {
    "./schema_engine_bg.js": { ...engineModule },
  });
  engineModule.__wbg_set_wasm(instance.exports);
  wasmExports.parse({ ...instance.exports }).__wbindgen_start();
}

/**
 * The adapter cuts a script at every ";", also inside function bodies; PostgreSQL reads a whole script by itself,
 * and as one transaction.
 */
class WholeScriptPg extends PrismaPg {
  readonly #connections: Connection[] = [];

  override async connect() {
    const connection = runningWholeScripts(await super.connect());
    this.#connections.push(connection);
    return connection;
  }

  /** The engine never ends its pool: it would hold Prisma's advisory lock, and this process, for ten idle seconds. */
  async close(): Promise<void> {
    await Promise.all(this.#connections.splice(0).map((connection) => connection.dispose()));
  }

  override async connectToShadowDb() {
    return runningWholeScripts(await super.connectToShadowDb());
  }
}

type Connection = Awaited<ReturnType<PrismaPg["connect"]>>;

function runningWholeScripts(connection: Connection): Connection {
  connection.executeScript = async (script) => {
    await connection.underlyingDriver().query(script);
  };
  return connection;
}

export type OpenSchemaEngine = { readonly engine: SchemaEngine; close(): Promise<void> };

/** Connects the engine to a database; the caller closes it. `schema` is the text of schema.prisma. */
export async function openSchemaEngine(databaseUrl: string, schema: string): Promise<OpenSchemaEngine> {
  loaded ??= load();
  await loaded;
  const factory = new WholeScriptPg({ connectionString: databaseUrl });
  const engine = await engineModule.SchemaEngine.new(
    { datamodels: [["schema.prisma", schema]] },
    () => undefined, // the engine logs every statement; a failed migration arrives as an error anyway
    bindMigrationAwareSqlAdapterFactory(factory),
  );
  return {
    engine,
    close: async () => {
      engine.free();
      await factory.close();
    },
  };
}
