/** Geometry of the flower; lengths in the units of its view box, centre at the origin, petals up before they are turned. */
export const radius = 100;

/** A weight of 0 is a bud still, so that the flower keeps its shape. */
const bud = 0.2;

/** All petals of a flower that has tasted nothing yet. */
export const waitingLength = 0.62 * radius;

/** @param weight 0…1. */
export const petalLength = (weight: number): number => radius * (bud + (1 - bud) * Math.min(1, Math.max(0, weight)));

/** One petal of full length, as a path. */
export const petalPath = `M0 -4 C -46 -34 -40 -84 0 -${radius} C 40 -84 46 -34 0 -4 Z`;

/** Degrees of the petal at this place. */
export const angleOf = (index: number, count: number): number => (index * 360) / count;

/** Where a label stands. */
export function labelAt(index: number, count: number, distance: number): { x: number; y: number } {
  const angle = (angleOf(index, count) * Math.PI) / 180;
  return { x: Math.round(distance * Math.sin(angle) * 10) / 10, y: Math.round(-distance * Math.cos(angle) * 10) / 10 };
}
