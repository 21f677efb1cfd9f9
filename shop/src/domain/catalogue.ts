import type { ProductText } from './product.ts';

/** A treasure of a catalogue: what a new world puts on its shelves. */
export interface CatalogueItem extends ProductText {
  readonly quantity: number;
}

/** The built-in catalogue, in the order of its ids. */
export const treasures: readonly CatalogueItem[] = [
  item('별길 나침반', 'Star-path Compass', 'navigation', 5_656_000, 1),
  item('까마귀 검', 'Raven Sword', 'arms', 3_330_000, 3),
  item('폭풍 병', 'Storm in a Bottle', 'wonders', 730_000, 73),
  item('참나무 새총', 'Oak Slingshot', 'arms', 80_000, 100),
  item('항해사의 도시락', "Navigator's Lunch Box", 'galley', 32_000, 50),
  item('조개 동전', 'Shell Coin', 'keepsakes', 1_000, 1_000),
  item('산호 왕관', 'Coral Crown', 'jewels', 870_000, 20),
  item('갈매기 깃펜', 'Gull Quill', 'keepsakes', 44_000, 44),
  item('등대지기 등불', "Lighthouse Keeper's Lamp", 'navigation', 90_000, 35),
  item('고래뼈 피리', 'Whalebone Flute', 'music', 460_000, 10),
  item('안개 망토', 'Cloak of Mist', 'wonders', 1_250_000, 12),
  item('소금 장미', 'Salt Rose', 'jewels', 67_000, 80),
  item('잠든 화산석', 'Sleeping Lava Stone', 'wonders', 215_000, 40),
  item('달무늬 돛', 'Moon-patterned Sail', 'ship', 980_000, 15),
  item('문어 잉크병', 'Octopus Inkwell', 'keepsakes', 27_000, 120),
  item('은빛 닻 목걸이', 'Silver Anchor Necklace', 'jewels', 154_000, 60),
  item('찢어진 해도 조각', 'Torn Chart', 'navigation', 12_000, 300),
  item('천둥 북', 'Thunder Drum', 'music', 340_000, 18),
  item('유리 거북', 'Glass Turtle', 'wonders', 58_000, 90),
  item('말린 바다귤', 'Dried Sea Tangerines', 'galley', 6_000, 500),
  item('선장의 의자', "Captain's Chair", 'ship', 610_000, 8),
  item('호박 주사위', 'Amber Dice', 'keepsakes', 39_000, 150),
  item('바람개비 열쇠', 'Pinwheel Key', 'wonders', 121_000, 66),
  item('새벽 종', 'Dawn Bell', 'music', 275_000, 25),
];

function item(
  name: string,
  nameEn: string,
  ...[category, price, quantity]: readonly [category: string, price: number, quantity: number]
): CatalogueItem {
  return { name, nameEn, category, price, quantity };
}
