/** Nothing can be projected from what was given; the message says what is missing. */
export class ImpossibleProjection extends Error {
  override readonly name = 'ImpossibleProjection';
}
