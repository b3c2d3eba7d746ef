/** One sprite of a selection: the Iconify key of the drawing, and what captions call it. */
export interface SpriteChoice {
  readonly icon: string;
  readonly name: string;
}

const parse = (list: string): readonly SpriteChoice[] =>
  list.split(/\s+/).map((entry) => {
    const [icon, name] = entry.split("=") as [string, string?];
    return { icon, name: name ?? icon };
  });

/**
 * Base emoji that a person can name at 8 px by shape and colour: no people, flags, signs, thin tools or near-duplicates.
 * Every key exists in the Noto, Twemoji and Fluent sets, so the same captions can be drawn in another art style.
 * `key` is captioned by its own name, `key=word` by one everyday word, so that a name costs one text token.
 */
export const emojiCategories = {
  animals:
    parse(`bear honeybee=bee butterfly cat-face=cat baby-chick=chick cow-face=cow crab crocodile sauropod=dinosaur
    dog-face=dog dolphin dragon-face=dragon duck elephant tropical-fish=fish flamingo fox frog giraffe hamster hedgehog
    horse-face=horse koala lady-beetle=ladybug leopard lion llama lobster monkey-face=monkey mouse-face=mouse octopus owl
    panda parrot peacock penguin pig-face=pig rabbit-face=rabbit rooster ewe=sheep snail snake swan tiger-face=tiger
    turtle unicorn whale wolf`),
  plants: parse(`blossom cactus evergreen-tree=fir four-leaf-clover=clover hibiscus lotus maple-leaf=maple mushroom
    potted-plant=plant rose cherry-blossom=sakura seedling sunflower deciduous-tree=tree tulip`),
  food: parse(`red-apple=apple avocado bacon bagel banana beer-mug=beer blueberries broccoli hamburger=burger
    birthday-cake=cake candy carrot cheese-wedge=cheese cherries chestnut hot-pepper=chili coconut cookie ear-of-corn=corn
    croissant cucumber cupcake doughnut egg eggplant french-fries=fries grapes hot-dog=hotdog kiwi-fruit=kiwi
    lemon lime meat-on-bone=meat glass-of-milk=milk olive onion rice-ball=onigiri tangerine=orange pancakes peach pear
    pineapple pizza popcorn potato pretzel green-salad=salad shrimp strawberry soft-ice-cream=sundae sushi taco teapot
    tomato waffle watermelon wine-glass=wine`),
  travel:
    parse(`airplane ambulance bus automobile=car delivery-truck=truck fire-engine=firetruck helicopter house motorcycle
    parachute rocket roller-skate=rollerskate sailboat ship taxi tent tractor train`),
  sky: parse(`cloud droplet=drop fire globe-showing-americas=globe high-voltage=lightning crescent-moon=moon
    snow-capped-mountain=mountain rainbow ringed-planet=saturn snowflake snowman star sun umbrella water-wave=wave`),
  things: parse(`alarm-clock=alarm backpack balloon basket battery bed bell bomb books briefcase bucket camera coin
    couch-and-lamp=couch crown gem-stone=diamond dress envelope wrapped-gift=gift guitar handbag top-hat=hat
    headphone=headphones high-heeled-shoe=heel hourglass-done=hourglass jeans key light-bulb=lightbulb lipstick locked=lock
    magnet military-medal=medal mirror mobile-phone=phone pencil pill postbox purse radio ribbon scarf scroll t-shirt=shirt
    shorts running-shoe=sneaker sponge sunglasses teddy-bear=teddy telephone television trophy yarn`),
  play: parse(`baseball basketball game-die=dice american-football=football flying-disc=frisbee yo-yo=yoyo ping-pong=pingpong
    jack-o-lantern=pumpkin puzzle-piece=puzzle soccer-ball=soccer bullseye=target ticket`),
  symbols:
    parse(`alien bone brain collision=explosion eye footprints ghost red-heart=heart kiss-mark=lips pile-of-poo=poo robot
    skull tooth`),
} as const;

/** All of the documented selection, in a fixed order: the default material of emoji scenes. */
export const emojiSelection: readonly SpriteChoice[] = Object.values(emojiCategories).flat();
