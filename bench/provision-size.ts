// How much one round of the provisioning benchmark makes, on each side.
export const SIZE = { classes: 4, pupils: 7, others: 240 };
export const PEOPLE = SIZE.classes * (SIZE.pupils + 1) + SIZE.others;
/** A class has its anchor and its channel. */
export const ROOMS = 2 * SIZE.classes;
export const JOINS = ROOMS * (SIZE.pupils + 1);
