/** Runs in the browser: what the Node tests of this package check, as data for the test that drives the page. */
import { coreOps, createDevice, type DeviceKind, random } from "../../src/index.js";
import { checkAgreement } from "../../src/testing/index.js";
import { lossCurve, mlp, transformerBlock } from "../curves.js";
import { type ParityRow, runParity } from "../parity.js";

export interface BrowserResult {
  readonly description: string;
  readonly parity: readonly ParityRow[];
  readonly agreement: readonly (readonly [op: string, error: number])[];
  readonly bits: readonly number[];
  readonly curves: readonly (readonly number[])[];
}

export const run = async (kind: DeviceKind, fixtureUrl: string): Promise<BrowserResult> => {
  using device = await createDevice(kind);
  const fixture = new Uint8Array(await (await fetch(fixtureUrl)).arrayBuffer());
  const agreement: [string, number][] = [];
  for (const op of coreOps) agreement.push([op.name, await checkAgreement(op, device)]);
  return {
    description: device.description,
    parity: await runParity(device, fixture),
    agreement,
    bits: [...(await random.randomBits(random.key(1), [64]).data(device))],
    curves: [await lossCurve(device, mlp), await lossCurve(device, transformerBlock)],
  };
};
