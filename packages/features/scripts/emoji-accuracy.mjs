// How often the encoder of emoji scenes sees what the captions of scenes say that it was not trained on, slot by slot, with and without noise.
// `node scripts/emoji-accuracy.mjs [--count 10000]`; needs a built workspace, sharp and @iconify-json/noto.
import { parseArgs } from "node:util";
import { allocateBatch } from "@isoflop/data";
import { emojiScenes } from "@isoflop/data/node";
import { emojiEncoder } from "@isoflop/features";
import { createDevice, random } from "@isoflop/tensor";

const { values } = parseArgs({ options: { count: { type: "string", default: "10000" } } });
const count = Number(values.count);
const device = await createDevice("wasm");
const encoder = await emojiEncoder.build({}).load(device);
const percent = (share) => (100 * share).toFixed(2);

for (const [set, split] of [
  ["noto", "validation"],
  ["noto", "validation-emoji"],
  ["twemoji", "validation"],
]) {
  const source = await emojiScenes({ size: 16, set });
  const batch = allocateBatch(source, count);
  source.batch(split, 0, count, batch);
  const captions = Array.from({ length: count }, (_, i) => source.caption(split, i));
  const kinds = Array.from({ length: count }, (_, i) => source.layout(split, i).kind);
  const noise = await random.normal(random.key(3), [batch.images.length]).data(device);
  for (const deviation of [0, 0.1, 0.2]) {
    const data = batch.images.map((value, i) => value + deviation * noise[i]);
    const { statements, shown } = await encoder.readCaptions(
      { data, count, channels: 3, height: 16, width: 16 },
      captions,
    );
    const slots = statements.map((statement, s) => {
      const right = kinds.filter((_, i) => shown[i * statements.length + s] === 1).length;
      return `${statement} ${percent(right / count)}`;
    });
    const all = kinds.map((kind, i) => [kind, statements.every((_, s) => shown[i * statements.length + s] === 1)]);
    const whole = ["big", "small", "pair"].map((kind) => {
      const of = all.filter(([each]) => each === kind);
      return `${kind} ${percent(of.filter(([, right]) => right).length / of.length)}`;
    });
    const total = percent(all.filter(([, right]) => right).length / count);
    console.log(`${set} ${split}, noise ${deviation}: ${slots.join(", ")}; all ${total} (${whole.join(", ")})`);
  }
}
encoder.dispose();
device.destroy();
