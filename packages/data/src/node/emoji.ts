import type { ImageOptions } from "../image-options.js";
import type { SceneSource } from "../scenes/scene-source.js";
import { scenes } from "../scenes/scenes.js";
import { emojiSelection, type SpriteChoice } from "../sprites/selection.js";
import type { SpriteSheet } from "../sprites/sheet.js";
import { cachedSheet } from "./cache.js";
import { sha256 } from "./hash.js";
import { readIconSet } from "./iconify.js";
import { rasterise } from "./rasterise.js";
import { loadSharp, rendererName } from "./sharp.js";

/** Which emoji to draw, and where the drawings are kept. */
export interface EmojiOptions {
  /** The Iconify set, from the package `@iconify-json/<set>`: "noto" if not given; also "twemoji", "fluent-emoji-flat". */
  readonly set?: string;
  /** Which icons, and what captions call them; `emojiSelection` if not given. */
  readonly selection?: readonly SpriteChoice[];
  /** Width and height of the drawings in pixels; 64 if not given. Scenes average them down. */
  readonly cell?: number;
  /**
   * Where drawings are kept, null to keep none. If not given, `isoflop/drawings` among this user's caches, where no one else
   * can write: whoever can write to the folder that is given here decides what is drawn.
   */
  readonly cacheFolder?: string | null;
}

/** Part of every cache key; it changes whenever the same icons would be drawn differently. */
const DRAWING_VERSION = "1";

/**
 * The sprites of an emoji set, drawn once and then read from the cache.
 * @throws Error when the set or sharp is not installed, when the set lacks an icon, or when `cacheFolder` cannot be written
 */
export const emojiSheet = async (options: EmojiOptions = {}): Promise<SpriteSheet> => {
  const { set: name = "noto", selection = emojiSelection, cell = 64, cacheFolder: folder } = options;
  const [set, sharp] = await Promise.all([readIconSet(name), loadSharp()]);
  const renderer = rendererName(sharp);
  const inputs = [DRAWING_VERSION, set.package, set.file.sha256, renderer, cell, selection];
  return cachedSheet({
    folder,
    key: `${name}-${sha256(JSON.stringify(inputs)).slice(0, 32)}`,
    sheetOf: (pixels) => ({
      names: selection.map((choice) => choice.name),
      cell,
      pixels,
      provenance: {
        name,
        package: set.package,
        licence: set.licence,
        files: [set.file],
        renderer,
        pixelsSha256: sha256(pixels),
      },
    }),
    draw: () => rasterise(set, selection, cell),
  });
};

/** Endless scenes of an emoji set: `scenes` of the `emojiSheet`. */
export const emojiScenes = async (options: ImageOptions & EmojiOptions): Promise<SceneSource> =>
  scenes(await emojiSheet(options), options);
