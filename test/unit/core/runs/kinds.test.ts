import { expect, it } from "vitest";
import { runKinds } from "#contract/runs.ts";
import type { Current } from "#core/current.ts";
import { createInstallKind } from "#core/install/kind.ts";
import { createMediumKind } from "#core/medium/kind.ts";
import { fakePorts } from "../../../support/fake-ports.ts";

const ports = fakePorts();
const medium = createMediumKind(ports, {} as Current);

it.each([medium, createInstallKind(ports, medium)])(
  "$name has the phases of the table, in its order",
  (kind) => {
    expect(kind.phases.map(({ name }) => name)).toEqual(runKinds[kind.name]);
  },
);
