// Lint: strictest typed rules, accessibility, and who may import whom (arrows only downward, see README "Structure").
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import next from "eslint-config-next";
import prettier from "eslint-config-prettier";
import { globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Published without types. */
const jsxA11y = createRequire(import.meta.url)("eslint-plugin-jsx-a11y");
const root = fileURLToPath(new URL(".", import.meta.url));

const base = ["env", "log", "db", "i18n", "ids"];
const adapters = ["auth", "jobs", "mail", "matrix", "oneroster", "amqp", "ldap"];
const outside = ["app", "components", "demo", "test", "e2e", "bench", "deploy"];

/** Import specifiers of ours that a layer must not use, as one pattern with its reason. */
const forbid = (/** @type {string} */ regex, /** @type {string} */ message) => ({ regex, message });
const noOutside = forbid(
  `^#(${outside.join("|")})/`,
  "lib stands below app, components and everything around the product.",
);
const only = (/** @type {string[]} */ folders, /** @type {string} */ message) =>
  forbid(`^#lib/(?!(${folders.join("|")})/)`, message);
const layer = (
  /** @type {string[]} */ files,
  /** @type {{ regex: string, message: string }[]} */ patterns,
  /** @type {string[]} */ ignores = [],
) => ({
  files,
  ignores: ["**/*.test.ts", ...ignores],
  rules: { "no-restricted-imports": ["error", { patterns }] },
});
const folders = (/** @type {string[]} */ names) => names.map((name) => `lib/${name}/**`);
const insideLibrary = forbid(
  "^#lib/[^/]+/([a-z-]+-)?(commands|store|requests|write|population|versions)\\.ts$",
  "Components use a domain's types, rules, queries and actions.",
);

export default [
  globalIgnores([
    "node_modules",
    ".next",
    ".data",
    ".cache",
    "prisma/generated",
    "next-env.d.ts",
    "test-results",
    "playwright-report",
  ]),
  ...next,
  {
    files: ["**/*.tsx"],
    rules: {
      ...jsxA11y.configs.strict.rules,
      // the matrix is a grid by the ARIA authoring practices
      "jsx-a11y/no-noninteractive-element-to-interactive-role": ["error", { table: ["grid"], td: ["gridcell"] }],
    },
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  prettier,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/return-await": ["error", "error-handling-correctness-only"],
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
      "@typescript-eslint/no-misused-spread": "off", // ids and letters of a matrix are code points
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
      eqeqeq: ["error", "always"],
      "no-console": "error",
      "import/no-anonymous-default-export": "off",
    },
  },
  layer(folders(base), [noOutside, only(base, "The base layer imports the base layer.")]),
  layer(folders(adapters), [noOutside, only([...base, ...adapters], "Adapters know no domain.")]),
  layer(
    ["lib/*/**"],
    [
      noOutside,
      forbid(
        "^#lib/[^/]+/([a-z-]+-)?(actions|commands)\\.ts$",
        "A domain uses another's rules, types and queries, never its actions.",
      ),
    ],
    folders([...base, ...adapters]),
  ),
  layer(
    ["components/**"],
    [forbid("^#(app|demo|test|e2e|bench|deploy)/", "Components stand below app."), insideLibrary],
  ),
  layer(["app/**"], [forbid("^#(demo|test|e2e|bench|deploy)/", "The product does not know what is around it.")]),
  {
    files: ["lib/**", "app/**", "components/**"],
    ignores: ["lib/env/**", "lib/log/**", "**/*.test.ts", "**/*.integration.test.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "lib/env reads the environment." },
      ],
    },
  },
  {
    files: ["lib/**/*.ts", "app/**/*.{ts,tsx}", "components/**/*.{ts,tsx}"],
    rules: { "import/no-cycle": ["error", { ignoreExternal: true }] },
  },
  { settings: { "import/resolver": { typescript: { project: `${root}tsconfig.json` } } } },
  { files: ["**/*.js", "**/*.mjs"], ...tseslint.configs.disableTypeChecked },
  { files: ["bin/**", "bench/**", "demo/**", "deploy/**"], rules: { "no-console": "off" } },
];
