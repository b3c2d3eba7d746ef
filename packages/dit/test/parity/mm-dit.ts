import { type DitConfig, resolve } from "@isoflop/flops";
import { concat, namedLeaves } from "@isoflop/tensor";
import { type JointBlock, jointBlock } from "../../src/building-blocks.js";
import { dit, type NamedArray, namedParams, paramsFrom } from "../../src/index.js";
import { readFixture } from "../fixture.js";
import { given, type ParityCase } from "./case.js";

const fixture = "mmdit_block";

/** The config in mmdit_block.json: one whole joint block, both streams of it read. */
const config = {
  ...{ image: { height: 3, width: 3, channels: 4 }, patch: 1, width: 48, depth: 2, heads: 4, mlpRatio: 2 },
  ...{ conditioning: "mmDit", context: { kind: "features", tokens: 5, dim: 48 }, qkNorm: "rms" },
} as const satisfies DitConfig;

/** Names of `JointBlock` as the fixture spells them. */
const first = "joint_blocks.0.";

export const mmditBlock: ParityCase<JointBlock> = {
  title: "a joint block of the official MM-DiT",
  fixture,
  params(device) {
    const block = readFixture(fixture).under("param.");
    // A model around it that is all zeros.
    const arrays = Object.entries(namedParams(dit(config).init(device.tensor(new Uint32Array(2))))).map(
      ([name, { shape, size }]): [string, NamedArray] => [
        name,
        name.startsWith(first) ? block[name.slice(first.length)]! : { shape, data: new Float32Array(size) },
      ],
    );
    return paramsFrom(dit(config), Object.fromEntries(arrays), device).joint_blocks[0]!;
  },
  output(device, block, image) {
    const input = (key: string) => given(device, fixture, `input.${key}`);
    const told = { vector: input("c"), lengths: undefined };
    const out = jointBlock(block, { context: input("context"), image }, told, resolve(config));
    return concat([out.context, out.image], 1);
  },
  named: (params) => Object.fromEntries(namedLeaves(params)),
};
