// Holds the arrows between folders: the table is in test/support/architecture/arrows.mjs.
import { forbidden, knownViolations } from "./test/support/architecture/rules.mjs";

export default {
  forbidden,
  options: {
    knownViolations,
    // It takes each for stale that does not tell how it imports; the test of the arrows looks itself.
    baseline: { staleEntriesSeverity: "ignore" },
    // TypeScript 7 has no API to parse with. Swc knows no `using`: it says so, and only the benchmarks use it.
    parser: "swc",
    doNotFollow: { path: ["node_modules", "^test/bench/"] },
    skipAnalysisNotInRules: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
    },
  },
};
