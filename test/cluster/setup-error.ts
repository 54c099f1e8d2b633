/** Something that a person has to install or change before a test cluster can run; the message says what. */
export class SetupError extends Error {
  override name = 'SetupError';
}
