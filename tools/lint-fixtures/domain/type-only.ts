/** A class for the fixture beside it, which uses it as a type only. */
export class Kernel {
  readonly name = 'kernel'
}
