// Holds the arrows between folders: the table is in test/support/architecture/arrows.mjs.
import { exceptions } from "./test/support/architecture/arrows.mjs";
import { rulesBut } from "./test/support/architecture/rules.mjs";

export default {
  forbidden: rulesBut(exceptions),
  options: {
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
